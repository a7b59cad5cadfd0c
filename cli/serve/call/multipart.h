/* multipart.h - the fields of a multipart/form-data body (RFC 7578), as browsers and curl send it.
 */
#ifndef CLI_SERVE_MULTIPART_H
#define CLI_SERVE_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

/* The longest boundary (RFC 2046), and the longest headers of a field. */
#define MULTIPART_MAX_BOUNDARY 70
#define MULTIPART_MAX_HEAD     4096

/* A body that is being read. It is not copied. */
struct multipart {
	const char *at, *end; /* what is not read yet; at the delimiter of the next field */
	char delimiter[4 + MULTIPART_MAX_BOUNDARY];
	size_t delimiter_nbytes;
	const char *why; /* what is wrong, constant, after a failure */
};

struct multipart_field {
	char name[64];      /* "" if it is longer */
	char filename[256]; /* as sent, cut off; "" without one; filename* is decoded */
	bool has_filename;
	const char *bytes; /* within the body */
	size_t nbytes;
};

enum multipart_result { MULTIPART_FIELD, MULTIPART_END, MULTIPART_BROKEN };

/* Whether the Content-Type is multipart/form-data. NULL is not. */
bool multipart_is(const char *content_type);

/* Begins with a body of such a type. False if the type has no valid boundary, or the body has no
 * field. */
bool multipart_begin(struct multipart *multipart, const char *content_type, const void *body,
		     size_t nbytes);

/* The next field. MULTIPART_BROKEN: the body is damaged or cut short. */
enum multipart_result multipart_next(struct multipart *multipart, struct multipart_field *field);

#endif
