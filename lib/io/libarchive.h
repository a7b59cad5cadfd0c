/*
 * libarchive.h - libarchive, loaded when the first archive is read.
 */
#ifndef IO_LIBARCHIVE_H
#define IO_LIBARCHIVE_H

#include "../base/library.h"

#include <archive.h>
#include <archive_entry.h>

#define LIBARCHIVE_FUNCTIONS(F)                                                                    \
	F(archive_entry_filetype)                                                                  \
	F(archive_entry_free)                                                                      \
	F(archive_entry_hardlink)                                                                  \
	F(archive_entry_is_data_encrypted)                                                         \
	F(archive_entry_new)                                                                       \
	F(archive_entry_pathname)                                                                  \
	F(archive_entry_size)                                                                      \
	F(archive_entry_size_is_set)                                                               \
	F(archive_errno)                                                                           \
	F(archive_error_string)                                                                    \
	F(archive_filter_count)                                                                    \
	F(archive_read_data)                                                                       \
	F(archive_read_free)                                                                       \
	F(archive_read_new)                                                                        \
	F(archive_read_next_header2)                                                               \
	F(archive_read_open1)                                                                      \
	F(archive_read_header_position)                                                            \
	F(archive_read_set_callback_data)                                                          \
	F(archive_read_set_format_option)                                                          \
	F(archive_read_set_read_callback)                                                          \
	F(archive_read_set_seek_callback)                                                          \
	F(archive_read_support_filter_xz)                                                          \
	F(archive_read_support_filter_zstd)                                                        \
	F(archive_read_support_format_raw)                                                         \
	F(archive_read_support_format_tar)                                                         \
	F(archive_read_support_format_zip_seekable)                                                \
	F(archive_read_support_format_zip_streamable)                                              \
	F(archive_set_error)

/* Its functions, by their names. */
struct libarchive {
	LIBARCHIVE_FUNCTIONS(LIBRARY_MEMBER)
};

/* See library_open(). */
enum emnist_status libarchive_open(const struct libarchive **library_ret,
				   struct emnist_error *error);

/* Creates a reader, without formats and filters. */
enum emnist_status libarchive_reader(const struct libarchive **library_ret,
				     struct archive **archive_ret, struct emnist_error *error);

/* Whether its last call failed for lack of memory. */
bool libarchive_is_short(const struct libarchive *library, struct archive *archive);

#endif
