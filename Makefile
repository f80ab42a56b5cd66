# Yett's build knows no file names: a new .c under lib/ or cmd/NAME/ is found by itself.
#   make                 the programs, in build/release/bin
#   make run             set up this machine, build, and serve on http://127.0.0.1:8080 (PORT=, STATE=DIR)
#   make test            set up this machine for the tests, and run all of them
#   make help            the rest

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
DATADIR := $(PREFIX)/share/yett
BUILD ?= release
OUT := build/$(BUILD)
CC := gcc

PKGS := libsodium fcgi libcjson inih sqlite3 libcrypto libcurl
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wundef \
	-Wformat=2 -Wswitch-enum -Wcast-qual -Wpointer-arith -Wno-missing-field-initializers -Wno-format-truncation -Wno-overlength-strings -Werror
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
HARDEN_LD := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
# Of what it links a program keeps what it calls: 130 KiB less of memory each.
LEAN := -ffunction-sections -fdata-sections
LEAN_LD := -Wl,--gc-sections

# release: what is installed. test: the same with the clock and randomness in the tests' hands.
# asan: AddressSanitizer and UndefinedBehaviorSanitizer, hooks too. debug: for gdb and valgrind, hooks too.
CFLAGS_release := -O2 -g $(HARDEN) $(LEAN)
LDFLAGS_release := $(HARDEN_LD) $(LEAN_LD)
CFLAGS_test := $(CFLAGS_release) -DTEST_HOOKS
LDFLAGS_test := $(LDFLAGS_release)
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DTEST_HOOKS
# The runtime within: a program begins a quarter sooner, and the tests begin some 20,000.
LDFLAGS_asan := -fsanitize=address,undefined -static-libasan -static-libubsan
CFLAGS_debug := -O1 -g -DTEST_HOOKS -DARENA_EACH_ALONE
LDFLAGS_debug :=

CPPFLAGS := -D_GNU_SOURCE -Ilib -DVERSION='"$(VERSION)"' \
	-DCONF_FILE='"$(SYSCONFDIR)/yett.conf"' -DDATA_DIR='"$(DATADIR)"' $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
CFLAGS = -std=c17 $(WARN) $(CFLAGS_$(BUILD)) -pthread
LDFLAGS = $(LDFLAGS_$(BUILD)) -pthread -Wl,--as-needed
LDLIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcrypt -lzxcvbn -lresolv -ldl -lm

PROGRAMS := $(notdir $(patsubst %/,%,$(wildcard cmd/*/)))
LIB_SRC := $(wildcard lib/*/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o) $(OUT)/migrations.o
BIN := $(PROGRAMS:%=$(OUT)/bin/%)
FILTER := $(OUT)/share/breached.filter

.PHONY: all
all: $(BIN) $(FILTER)

# What is compiled in changes with where things are installed.
$(OUT)/paths: FORCE
	@mkdir -p $(@D)
	@echo '$(SYSCONFDIR) $(DATADIR)' | cmp -s - $@ || echo '$(SYSCONFDIR) $(DATADIR)' > $@

.PHONY: FORCE
FORCE:

$(OUT)/%.o: %.c $(OUT)/paths
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -I$(<D) -MMD -MP -c -o $@ $<

$(OUT)/libyett.a: $(LIB_OBJ)
	@rm -f $@
	@ar rcs $@ $^

# One program: all of cmd/NAME/*.c and what it uses of the library.
define PROGRAM
$(OUT)/bin/$(1): $(patsubst %.c,$(OUT)/%.o,$(wildcard cmd/$(1)/*.c)) $(OUT)/libyett.a
	@mkdir -p $$(@D)
	@echo "  LD  $$@"
	@$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call PROGRAM,$(p))))

# schema/NNNN_slug.sql as C strings, in order; a gap in the numbers stops the build.
$(OUT)/migrations.c: $(sort $(wildcard schema/*.sql)) tools/embed-schema
	@mkdir -p $(@D)
	tools/embed-schema $(sort $(wildcard schema/*.sql)) > $@

$(OUT)/migrations.o: $(OUT)/migrations.c
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(FILTER): etc/breached.sha1 $(OUT)/bin/yett
	@mkdir -p $(@D)
	@echo "  MK  $@"
	@$(OUT)/bin/yett breach build etc/breached.sha1 $@ > /dev/null

-include $(LIB_OBJ:.o=.d) $(foreach p,$(PROGRAMS),$(patsubst %.c,$(OUT)/%.d,$(wildcard cmd/$(p)/*.c)))

# Tests that are C: tests/unit/NAME.c and tests/fuzz/NAME.c, the latter here with a main() that replays its corpus.
UNITS := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(wildcard tests/unit/*.c))
REPLAYS := $(patsubst tests/fuzz/%.c,$(OUT)/fuzz/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
BENCHES := $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(wildcard tests/bench/*.c))

.PHONY: units replays benches
units: $(UNITS)
replays: $(REPLAYS)
benches: $(BENCHES)

$(OUT)/unit/%: $(OUT)/tests/unit/%.o $(OUT)/libyett.a
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -ljwt

$(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(OUT)/tests/fuzz/replay.o $(OUT)/libyett.a
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(OUT)/bench/%: $(OUT)/tests/bench/%.o $(OUT)/libyett.a
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

-include $(wildcard $(OUT)/tests/*/*.d)

# Keep what a pattern made on the way: objects are not made anew at each call.
.SECONDARY:

# Running it.
PORT ?= 8080
STATE ?= state

.PHONY: run deps-run deps-test deps-boot deps-bench
deps-run:
	@tools/deps run
deps-test:
	@tools/deps test
deps-boot:
	@tools/deps boot
deps-bench:
	@tools/deps bench

# The programs are built by a make of their own: only after the packages are there does it find their flags.
run: deps-run
	@$(MAKE) --no-print-directory -s all BUILD=release
	@exec tools/run build/release "$(STATE)" "$(PORT)"

# Testing it. Long runs have targets of their own.
.PHONY: test lint asan-test release-test valgrind-test fuzz courier-soak boot-test bench bench-peers enumeration endurance
test: deps-test
	@tools/test

lint: deps-test
	@tools/lint

asan-test: deps-test
	@tools/test asan

release-test: deps-test
	@tools/test release

valgrind-test: deps-test
	@tools/test valgrind

fuzz: deps-test
	@tests/fuzz/run $(or $(SECONDS),60)

bench: deps-bench
	@status=0; tests/bench/run || status=1; tests/bench/peers || status=1; exit $$status

bench-peers: deps-bench
	@tests/bench/peers

enumeration: deps-test
	@$(MAKE) --no-print-directory -s all BUILD=release
	@tests/bench/enumeration

endurance: deps-test
	@$(MAKE) --no-print-directory -s all units BUILD=test
	@tests/endurance/kill
	@AUDIT_SECONDS=10 build/test/unit/audit_writers
	@tests/endurance/courier

courier-soak: deps-test
	@$(MAKE) --no-print-directory -s all BUILD=test
	@tests/endurance/courier

boot-test: deps-boot
	@$(MAKE) --no-print-directory -s all BUILD=release
	@tests/boot

# Installing it. Programs go to libexec, the tool to bin; nothing runs by itself.
LIBEXEC := $(DESTDIR)$(PREFIX)/libexec/yett
SHARE := $(DESTDIR)$(DATADIR)
DOC := $(DESTDIR)$(PREFIX)/share/doc/yett
EXAMPLES := $(DOC)/etc

.PHONY: install uninstall clean help
install: all
	install -d "$(LIBEXEC)" "$(DESTDIR)$(PREFIX)/bin" "$(SHARE)/www/pages" "$(SHARE)/www/static" "$(SHARE)/www/mail" "$(DOC)" \
		"$(DESTDIR)$(SYSCONFDIR)"
	install -m 755 $(filter-out $(OUT)/bin/yett,$(BIN)) "$(LIBEXEC)"
	install -m 755 $(OUT)/bin/yett "$(DESTDIR)$(PREFIX)/bin"
	install -m 644 www/pages/* "$(SHARE)/www/pages"
	install -m 644 www/static/* "$(SHARE)/www/static"
	install -m 644 www/mail/* "$(SHARE)/www/mail"
	install -m 644 $(FILTER) "$(SHARE)"
	install -m 644 README.md LICENSE "$(DOC)"
	install -d "$(DOC)/docs"
	install -m 644 docs/* "$(DOC)/docs"
	install -d "$(DOC)/fail2ban/filter.d" "$(DOC)/fail2ban/jail.d"
	install -m 644 etc/fail2ban/filter.d/yett.conf "$(DOC)/fail2ban/filter.d"
	install -m 644 etc/fail2ban/jail.d/yett.conf "$(DOC)/fail2ban/jail.d"
	# What a site starts from, with the folders of this installation: for four web servers, spawn-fcgi and systemd.
	cd etc && find lighttpd lighttpd.conf lighttpd-guard.conf nginx* apache* caddy Caddyfile spawn systemd -type f | while read -r file; do \
		install -D -m 644 "$$file" "$(EXAMPLES)/$$file" && sed -i -e 's|/usr/local/libexec/|$(PREFIX)/libexec/|' \
			-e 's|/usr/local/share/|$(PREFIX)/share/|' "$(EXAMPLES)/$$file" || exit 1; \
	done
	chmod 755 "$(EXAMPLES)/spawn"
	# A configuration that somebody has edited stays.
	test -e "$(DESTDIR)$(SYSCONFDIR)/yett.conf" || sed -e 's|^www = .*|www = $(DATADIR)/www|' \
		-e 's|^breached =$$|breached = $(DATADIR)/breached.filter|' etc/yett.conf > $(OUT)/yett.conf
	test -e "$(DESTDIR)$(SYSCONFDIR)/yett.conf" || \
		install -m 644 $(OUT)/yett.conf "$(DESTDIR)$(SYSCONFDIR)/yett.conf"

uninstall:
	rm -rf "$(LIBEXEC)" "$(SHARE)" "$(DOC)"
	rm -f "$(DESTDIR)$(PREFIX)/bin/yett"
	@echo "$(DESTDIR)$(SYSCONFDIR)/yett.conf and the state folder are left."

clean:
	rm -rf build

help:
	@echo "make                  build the programs into build/release/bin"
	@echo "make run              serve on http://127.0.0.1:8080   PORT=8080 STATE=state"
	@echo "make test             all tests; lint, asan-test, release-test and valgrind-test are parts of it or beside it"
	@echo "make fuzz             every parser under libFuzzer     SECONDS=60 each"
	@echo "make bench            what it costs, against an empty program, and then against others (make bench-peers: that alone)"
	@echo "make endurance        30 rounds of kill -9 under load; two writers of the audit log, killed after 10 s; courier-soak"
	@echo "make enumeration      whether an answer's time tells if an address is anybody's: 200 tries each, medians within 5 %"
	@echo "make courier-soak     1,000 mails, each once; 500 while the courier is killed 50 times"
	@echo "make boot-test        the units under a systemd that boots in a container; as root, with network"
	@echo "make install          DESTDIR= PREFIX=/usr/local SYSCONFDIR=PREFIX/etc (/etc with PREFIX=/usr); make uninstall"
	@echo "                      give the same ones to \"make\" before"
