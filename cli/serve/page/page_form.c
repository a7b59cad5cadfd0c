/* page_form.c - what a visitor of the web page sends: a picture, and what to look for. */
#include "page_form.h"
#include "../call/multipart.h"

#include <string.h>

/* A list of all characters has some hundred bytes. */
#define MAX_CLASSES 4096

static void take_picture(struct page_form *form, const struct multipart_field *field)
{
	form->picture = field->bytes;
	form->picture_nbytes = field->nbytes;
}

static void take_classes(struct page_form *form, const struct multipart_field *field)
{
	form->has_many_classes = field->nbytes > MAX_CLASSES;
	if (field->nbytes == 0 || form->has_many_classes)
		return;
	text_reset(&form->set);
	text_add(&form->set, field->bytes, field->nbytes);
	text_putc(&form->set, '\0');
	form->classes.set = form->set.bytes;
}

static void take_merge_case(struct page_form *form, const struct multipart_field *field)
{
	form->classes.merge_case = field->nbytes > 0;
}

static const struct {
	const char *name;
	void (*take)(struct page_form *form, const struct multipart_field *field);
} fields[] = {
	{"image", take_picture},
	{"classes", take_classes},
	{"merge_case", take_merge_case},
};

static void take_field(struct page_form *form, const struct multipart_field *field)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(field->name, fields[i].name) == 0)
			fields[i].take(form, field);
}

static bool fail(struct call *call, unsigned status, const char *message)
{
	call_fail(call, status, "%s", message);
	return false;
}

bool page_form_read(struct call *call, struct page_form *form)
{
	const struct request *request = &call->request;
	const char *type = request_header(request, "Content-Type");
	struct multipart multipart;
	struct multipart_field field;
	enum multipart_result result = MULTIPART_BROKEN;

	*form = (struct page_form){0};
	if (!multipart_is(type))
		return fail(call, 415, "A picture is expected, as multipart/form-data.");
	if (multipart_begin(&multipart, type, request->body, request->body_nbytes))
		while ((result = multipart_next(&multipart, &field)) == MULTIPART_FIELD)
			take_field(form, &field);
	if (result == MULTIPART_BROKEN) {
		call_fail(call, 400, "The form is damaged: %s.", multipart.why);
		return false;
	}
	if (form->set.failed)
		return fail(call, 503, "out of memory");
	if (form->has_many_classes)
		return fail(call, 413, "The list of characters is too long.");
	if (form->picture_nbytes == 0)
		return fail(call, 400, "Choose a picture first.");
	return true;
}

void page_form_release(struct page_form *form)
{
	text_release(&form->set);
}
