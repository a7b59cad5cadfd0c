/*
 * crc32c.h - the checksum of TensorFlow's and LevelDB's files.
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli) of the bytes that crc is of, 0 of none, and nbytes more. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t nbytes);

/* As LevelDB writes a checksum, so that one of bytes that hold checksums is as good as any. */
uint32_t crc32c_masked(uint32_t crc);

#endif
