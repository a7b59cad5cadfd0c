/* sha256.h - the digest that identifies files (FIPS 180-4). */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_NBYTES 32

/* The digest of nbytes bytes. */
void sha256_of(const void *bytes, size_t nbytes, uint8_t digest[SHA256_NBYTES]);

#endif
