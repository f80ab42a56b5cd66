/*
 * The work that a site may ask for before it takes a form, in a thread of its own. A message {challenge, bits} is answered by
 * the text "CHALLENGE.NONCE" whose SHA-256 begins with so many zero bits. SHA-256 is written out because crypto.subtle takes a
 * promise a call, which costs a dozen times the hash. Source: FIPS 180-4.
 */
"use strict";

const NONCE_LENGTH = 11; /* with a challenge of 43 characters and a dot, all fits into one block of SHA-256 */

/* The first 32 bits of the fractional parts of the square or cube roots of the first primes. */
function fractions(count, root) {
	const words = [];

	for (let n = 2; words.length < count; n++)
		if (!words.some((_, i) => n % primes[i] === 0)) {
			primes[words.length] = n;
			words.push((n ** (1 / root) % 1) * 4294967296 | 0);
		}
	return Int32Array.from(words);
}

const primes = [];
const START = fractions(8, 2), K = fractions(64, 3);
const w = new Int32Array(64);

/* The first 32 bits of the hash of the one block in w. */
function firstWord() {
	/* Not by destructuring, which takes three times as long as all the rest. */
	let a = START[0], b = START[1], c = START[2], d = START[3], e = START[4], f = START[5], g = START[6], h = START[7];

	for (let i = 16; i < 64; i++) {
		const x = w[i - 15], y = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
		    ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
	}
	for (let i = 0; i < 64; i++) {
		const one = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ e & (f ^ g)) + K[i] + w[i] | 0;
		const two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b | c & (a | b));

		h = g; g = f; f = e; e = d + one | 0;
		d = c; c = b; b = a; a = one + two | 0;
	}
	return START[0] + a >>> 0;
}

/* Put a character of the text into its block. */
function set(at, code) {
	const shift = 24 - at % 4 * 8;

	w[at >> 2] = w[at >> 2] & ~(255 << shift) | code << shift;
}

/* Count on: one more in the digits up to ${at}. */
function addOne(digits, at) {
	for (; digits[at] === 57; at--)
		set(at, digits[at] = 48);
	set(at, ++digits[at]);
}

function solve(challenge, bits) {
	const text = `${challenge}.${"0".repeat(NONCE_LENGTH)}`;
	const codes = Array.from(text, (c) => c.charCodeAt(0));
	const limit = 2 ** (32 - bits);

	w.fill(0, 0, 16);
	codes.forEach((code, at) => set(at, code));
	set(text.length, 0x80);
	w[15] = text.length * 8;
	while (firstWord() >= limit)
		addOne(codes, text.length - 1);
	return String.fromCharCode(...codes);
}

self.onmessage = (event) => self.postMessage(solve(event.data.challenge, event.data.bits));
