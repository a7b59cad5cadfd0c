/* plain_form.c - the image files in the body of /classify: the body itself, or the files of a form.
 */
#include "plain_form.h"
#include "../../../lib/base/memory.h"
#include "../call/multipart.h"
#include "../call/server.h"
#include "plain_settings.h"

#include <stdlib.h>
#include <string.h>

#define USE "curl --data-binary @scan.png, or several with curl -F image=@a.png -F image=@b.png"

static bool make_room(struct call *call, struct plain_form *form, size_t n, bool has_names)
{
	form->n = n;
	form->pictures = alloc_zeroed(n, sizeof(*form->pictures));
	form->names = has_names ? alloc_array(n, sizeof(*form->names)) : NULL;
	if (form->pictures && (form->names || !has_names))
		return true;
	call_fail(call, 503, "out of memory");
	return false;
}

void plain_form_release(struct plain_form *form)
{
	free(form->pictures);
	free(form->names);
}

/* A field that is not a file, but would be a setting elsewhere. */
static bool is_setting(const struct multipart_field *field)
{
	return !field->has_filename && query_knows(plain_parameters, field->name);
}

/* The next file of the form. MULTIPART_BROKEN was answered. */
static enum multipart_result next_file(struct call *call, struct multipart *multipart,
				       struct multipart_field *field)
{
	const enum multipart_result result = multipart_next(multipart, field);

	if (result == MULTIPART_BROKEN) {
		call_fail(call, 400, "the form is damaged: %s", multipart->why);
	} else if (result == MULTIPART_FIELD && is_setting(field)) {
		call_fail(call, 400, "%s is a parameter of the query: /classify?%s=...",
			  field->name, field->name);
		return MULTIPART_BROKEN;
	}
	return result;
}

static bool count_files(struct call *call, struct multipart multipart, size_t *n_ret)
{
	const uint64_t limit = call->server->limits.n_images;
	enum multipart_result result;
	struct multipart_field field;
	size_t n = 0;

	while ((result = next_file(call, &multipart, &field)) == MULTIPART_FIELD && n <= limit)
		n++;
	*n_ret = n;
	if (n > limit)
		call_fail(call, 413, "too many images in a request; the limit is %llu",
			  (unsigned long long)limit);
	else if (result == MULTIPART_END && n == 0)
		call_fail(call, 400, "no image in the form; send one as with " USE);
	else
		return result == MULTIPART_END;
	return false;
}

static bool read_multipart(struct call *call, const char *type, struct plain_form *form)
{
	const struct request *request = &call->request;
	struct multipart multipart;
	struct multipart_field field;
	size_t n;

	if (!multipart_begin(&multipart, type, request->body, request->body_nbytes)) {
		call_fail(call, 400, "the form is damaged: %s", multipart.why);
		return false;
	}
	if (!count_files(call, multipart, &n) || !make_room(call, form, n, true))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name;

		multipart_next(&multipart, &field);
		name = field.has_filename ? field.filename : field.name;
		memcpy(form->names[i], name, strlen(name) + 1);
		form->pictures[i].bytes = field.bytes;
		form->pictures[i].nbytes = field.nbytes;
	}
	return true;
}

bool plain_form_read(struct call *call, struct plain_form *form)
{
	const struct request *request = &call->request;
	const char *type = request_header(request, "Content-Type");

	*form = (struct plain_form){0};
	if (request->body_nbytes == 0) {
		call_fail(call, 400, "no image in the body; send one as with " USE);
		return false;
	}
	if (multipart_is(type))
		return read_multipart(call, type, form);
	if (!make_room(call, form, 1, false))
		return false;
	form->pictures[0].bytes = request->body;
	form->pictures[0].nbytes = request->body_nbytes;
	return true;
}
