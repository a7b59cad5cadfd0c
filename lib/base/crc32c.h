/*
 * crc32c.h - the checksum of TensorFlow's and LevelDB's files.
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Extends crc, the CRC-32C (Castagnoli) of the bytes before (0: none), by nbytes more. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t nbytes);

/* LevelDB's masked form, which keeps a checksum meaningful for bytes that contain checksums. */
uint32_t crc32c_masked(uint32_t crc);

#endif
