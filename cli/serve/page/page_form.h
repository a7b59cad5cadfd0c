/* page_form.h - what a visitor of the web page sends: a picture, and what to look for. */
#ifndef CLI_SERVE_PAGE_FORM_H
#define CLI_SERVE_PAGE_FORM_H

#include "../call/call.h"

#include <emnist.h>

struct page_form {
	const char *picture; /* within the body of the request */
	size_t picture_nbytes;
	struct emnist_view_options classes;
	struct text set;       /* memory of classes */
	bool has_many_classes; /* more than any list of characters has */
};

/* Reads the body of a request. False: the call was answered. Release the form in any case. */
bool page_form_read(struct call *call, struct page_form *form);

void page_form_release(struct page_form *form);

#endif
