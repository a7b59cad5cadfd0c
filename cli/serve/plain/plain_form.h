/* plain_form.h - the image files in the body of /classify. */
#ifndef CLI_SERVE_PLAIN_FORM_H
#define CLI_SERVE_PLAIN_FORM_H

#include "../call/inference.h"

struct plain_form {
	struct picture *pictures; /* (n), within the body */
	char (*names)[256];       /* (n), of the files; NULL: the body is one file without a name */
	size_t n;
};

/* False: the call was answered, since the body has no image or is damaged. Either way, release with
 * plain_form_release(). */
bool plain_form_read(struct call *call, struct plain_form *form);
void plain_form_release(struct plain_form *form);

#endif
