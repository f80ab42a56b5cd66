/* Feed every file named on the command line to a fuzz target: the corpora as tests, without
 * libFuzzer. */
#include "fuzz.h"

#define SIZE_MAX_FED (1 << 20)

int
main(int argc, char **argv)
{
	static uint8_t bytes[SIZE_MAX_FED];
	char *copy;
	size_t len;
	FILE *f;
	int i;

	for (i = 1; i < argc; i++) {
		if ((f = fopen(argv[i], "rb")) == NULL) {
			perror(argv[i]);
			return (1);
		}
		len = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
		/* Named before it is fed: whatever stops the target, the last name is to blame. */
		fprintf(stderr, "%s\n", argv[i]);
		copy = fuzz_copy(bytes, len);
		LLVMFuzzerTestOneInput((const uint8_t *)copy, len);
		free(copy);
	}
	printf("%d inputs\n", argc - 1);
	return (argc < 2);
}
