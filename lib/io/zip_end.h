/* zip_end.h - checks the end of a zip archive. */
#ifndef IO_ZIP_END_H
#define IO_ZIP_END_H

#include "feed.h"

/* Whether an archive that was read to its end, with a tail kept, is complete: it ends with its
 * directory, which lists as many members as were found. */
enum emnist_status zip_end_check(const struct feed *feed, uint64_t n_found,
				 struct emnist_error *error);

#endif
