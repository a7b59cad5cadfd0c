/*
 * sha256.c - SHA-256 (FIPS 180-4) of a whole buffer.
 *
 * No linked library has it, and libcrypto would be several megabytes for one function, which
 * identifies files as sha256sum does. Nothing secret passes through it.
 */
#include "sha256.h"

#include <string.h>

#define BLOCK_NBYTES  64
#define LENGTH_NBYTES 8
#define N_ROUNDS      64

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constants[N_ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t value, unsigned n)
{
	return value >> n | value << (32 - n);
}

static uint32_t load_be(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void expand(const uint8_t *block, uint32_t words[N_ROUNDS])
{
	for (size_t i = 0; i < 16; i++)
		words[i] = load_be(block + 4 * i);
	for (size_t i = 16; i < N_ROUNDS; i++) {
		const uint32_t a = words[i - 15], b = words[i - 2];

		words[i] = words[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + words[i - 7] +
			   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

/* The standard's a to h are s[0] to s[7]. */
static void add_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t words[N_ROUNDS], s[8];

	expand(block, words);
	memcpy(s, state, sizeof(s));
	for (size_t i = 0; i < N_ROUNDS; i++) {
		const uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
				    ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constants[i] +
				    words[i];
		const uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
				    ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += s[i];
}

/* Bytes from the most significant on. */
static void store_be(uint64_t value, size_t nbytes, uint8_t *bytes)
{
	for (size_t i = nbytes; i-- > 0; value >>= 8)
		bytes[i] = (uint8_t)value;
}

void sha256_of(const void *bytes, size_t nbytes, uint8_t digest[SHA256_NBYTES])
{
	/* Likewise from the square roots of the first 8 primes. */
	uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	const uint8_t *p = bytes;
	const size_t n_left = nbytes % BLOCK_NBYTES;
	uint8_t last[2 * BLOCK_NBYTES] = {0};
	const size_t n_last = n_left < BLOCK_NBYTES - LENGTH_NBYTES ? BLOCK_NBYTES : sizeof(last);

	for (size_t n = nbytes / BLOCK_NBYTES; n > 0; n--, p += BLOCK_NBYTES)
		add_block(state, p);
	if (n_left > 0)
		memcpy(last, p, n_left);
	last[n_left] = 0x80;
	store_be((uint64_t)nbytes * 8, LENGTH_NBYTES, last + n_last - LENGTH_NBYTES);
	for (size_t i = 0; i < n_last; i += BLOCK_NBYTES)
		add_block(state, last + i);
	for (size_t i = 0; i < 8; i++)
		store_be(state[i], 4, digest + 4 * i);
}
