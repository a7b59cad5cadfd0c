/*
 * test_multipart.c - forms as browsers, curl and Python send them, and what is wrong with others.
 */
#include "../../cli/serve/call/multipart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TYPE "multipart/form-data; boundary=X"

/* A body, and what is read of it: "NAME[:FILENAME]=BYTES" for each field, then a period for its
 * end, '!' and why if it is broken, or '-' and why if it does not even begin. */
struct form {
	const char *name;
	const char *type;
	const char *body;
	const char *fields;
};

#define HEADS              "!it is cut short in the headers of a field"
#define LAST               "!it is cut short: its last boundary is missing"
#define LINE               "!a boundary is not alone on its line"
#define NAMED              "!a field has no name"
#define TYPED              "-its Content-Type has no valid boundary"
#define ABSENT             "-it does not have the boundary that its Content-Type names"

#define FIELD(head, bytes) "--X\r\n" head "\r\n\r\n" bytes "\r\n"
#define IMAGE              "Content-Disposition: form-data; name=\"image\"; filename=\"a.png\""

static const struct form forms[] = {
	{"a browser's", TYPE,
	 FIELD(IMAGE "\r\nContent-Type: image/png", "\x89PNG\r\n")
		 FIELD("Content-Disposition: form-data; name=\"classes\"", "digits") "--X--\r\n",
	 "image:a.png=\x89PNG\r\n classes=digits ."},
	{"boundary in quotes, more parameters",
	 "Multipart/Form-Data ; charset=\"utf-8\"; BOUNDARY=\"X\"", FIELD(IMAGE, "1") "--X--",
	 "image:a.png=1 ."},
	{"preamble and epilogue", TYPE, "text\r\n" FIELD(IMAGE, "1") "--X--\r\ntext",
	 "image:a.png=1 ."},
	{"blanks after the boundary", TYPE,
	 "--X \t\r\n" IMAGE "\r\n\r\n1\r\n--X \r\n" IMAGE "\r\n\r\n2\r\n--X--",
	 "image:a.png=1 image:a.png=2 ."},
	{"names of headers ignore case", TYPE,
	 FIELD("CONTENT-DISPOSITION:form-data; NAME=image;filename=b", "1") "--X--", "image:b=1 ."},
	{"no header", TYPE, "--X\r\n\r\n1\r\n--X--", "=1 ."},
	{"empty field", TYPE, FIELD("Content-Disposition: form-data; name=a", "") "--X--", "a= ."},
	{"empty field without a line feed", TYPE,
	 "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n--X--", "a= ."},
	{"no file chosen", TYPE,
	 FIELD("Content-Disposition: form-data; name=\"image\"; filename=\"\"", "") "--X--",
	 "image:= ."},
	{"no field", TYPE, "--X--\r\n", "."},
	{"quotes as curl escapes them", TYPE,
	 FIELD("Content-Disposition: form-data; name=\"a\"; filename=\"\\\"q\\\\\\\".png\"",
	       "1") "--X--",
	 "a:\"q\\\".png=1 ."},
	{"a path of Windows, semicolons and UTF-8", TYPE,
	 FIELD("Content-Disposition: form-data; name=\"a\"; filename=\"C:\\x; name=b\xc3\xa9\"",
	       "1") "--X--",
	 "a:C:\\x; name=b\xc3\xa9=1 ."},
	{"a name as older Python clients send it", TYPE,
	 FIELD("Content-Disposition: form-data; name=\"a\"; filename*=utf-8'en'na%C3%AFve+%22.png",
	       "1") "--X--",
	 "a:na\xc3\xafve+\".png=1 ."},
	{"two names", TYPE,
	 FIELD("Content-Disposition: form-data; filename*=UTF-8''b; name=a; filename=c",
	       "1") "--X--",
	 "a:b=1 ."},
	{"second names that cannot be read", TYPE,
	 FIELD("Content-Disposition: form-data; name=a; filename*=koi8-r''b; filename=c", "1")
		 FIELD("Content-Disposition: form-data; name=a; filename=c; filename*=utf-8''%0",
		       "") FIELD("Content-Disposition: form-data; name=a; filename*=utf-8''%00", "")
			 FIELD("Content-Disposition: form-data; name=a; filename*=utf-8''%1b", "")
				 FIELD("Content-Disposition: form-data; name=a; filename*=b",
				       "") "--X--",
	 "a:c=1 a:c= a= a= a= ."},
	{"dashes and boundaries within a line are content", TYPE,
	 FIELD("Content-Disposition: form-data; name=a", "--\r\n-\r\n-X\n--X--\r--X") "--X--",
	 "a=--\r\n-\r\n-X\n--X--\r--X ."},
	{"cut off in the content", TYPE, "--X\r\n" IMAGE "\r\n\r\n123", LAST},
	{"cut off in the headers", TYPE, "--X\r\n" IMAGE, HEADS},
	{"cut off in the delimiter", TYPE, FIELD(IMAGE, "1") "--", LAST},
	{"cut off after the delimiter", TYPE, FIELD(IMAGE, "1") "--X-", "image:a.png=1 " LINE},
	{"a longer boundary", TYPE, "--XY\r\n" IMAGE "\r\n\r\n1\r\n--X--", LINE},
	{"lines that end in LF alone", TYPE, "--X\n" IMAGE "\n\n1\n--X--", LINE},
	{"a control character in a name", TYPE,
	 FIELD("Content-Disposition: form-data; name=\"a\tb\"; filename=\"\x1b[2J\"", "1") "--X--",
	 "!a header of a field has a control character"},
	{"an open quote", TYPE, FIELD("Content-Disposition: form-data; name=\"a", "1") "--X--",
	 NAMED},
	{"a field without a name", TYPE, FIELD("Content-Disposition: form-data", "1") "--X--",
	 NAMED},
	{"an attachment", TYPE, FIELD("Content-Disposition: attachment; name=a", "1") "--X--",
	 NAMED},
	{"no boundary", "multipart/form-data; charset=utf-8", "--X--", TYPED},
	{"empty boundary", "multipart/form-data; boundary=", "----", TYPED},
	{"the boundary is not there", TYPE, "--Y--", ABSENT},
	{"empty body", TYPE, "", ABSENT},
};

static void read_form(const struct form *form, char *out, size_t capacity)
{
	const size_t nbytes = strlen(form->body);
	char *body = malloc(nbytes ? nbytes : 1); /* exactly, so that a read beyond shows */
	struct multipart multipart;
	struct multipart_field field;
	enum multipart_result result;

	assert_non_null(body);
	memcpy(body, form->body, nbytes);
	assert_true(multipart_is(form->type));
	if (!multipart_begin(&multipart, form->type, body, nbytes)) {
		snprintf(out, capacity, "-%s", multipart.why);
		free(body);
		return;
	}
	while ((result = multipart_next(&multipart, &field)) == MULTIPART_FIELD) {
		const int n = snprintf(out, capacity, "%s%s%s=%.*s ", field.name,
				       field.has_filename ? ":" : "", field.filename,
				       (int)field.nbytes, field.bytes);

		assert_true(n > 0 && (size_t)n < capacity);
		out += n;
		capacity -= (size_t)n;
	}
	if (result == MULTIPART_END)
		snprintf(out, capacity, ".");
	else
		snprintf(out, capacity, "!%s", multipart.why);
	free(body);
}

static void each_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char fields[1024];

		read_form(&forms[i], fields, sizeof(fields));
		if (strcmp(fields, forms[i].fields) != 0)
			fail_msg("%s: got %s", forms[i].name, fields);
	}
}

static void long_names(void **state)
{
	char name[400], filename[400], body[1024], fields[1024], wanted[1024];
	const struct form form = {"", TYPE, body, ""};

	(void)state;
	memset(name, 'n', sizeof(name));
	memset(filename, 'f', sizeof(filename));
	name[63] = '\0';
	filename[300] = '\0';
	snprintf(body, sizeof(body),
		 "--X\r\nContent-Disposition: form-data; name=%s; filename=%s\r\n\r\n1\r\n--X--",
		 name, filename);
	read_form(&form, fields, sizeof(fields));
	snprintf(wanted, sizeof(wanted), "%s:%.255s=1 .", name, filename);
	assert_string_equal(fields, wanted);

	snprintf(body, sizeof(body),
		 "--X\r\nContent-Disposition: form-data; name=%sn\r\n\r\n1\r\n--X--", name);
	read_form(&form, fields, sizeof(fields));
	assert_string_equal(fields, "=1 .");
}

static void long_heads_and_boundaries(void **state)
{
	static char body[3 * MULTIPART_MAX_HEAD], type[256], boundary[128], fields[128];
	const struct form form = {"", type, body, ""};

	(void)state;
	for (int n = 69; n <= 72; n++) {
		memset(boundary, 'b', sizeof(boundary));
		boundary[n] = '\0';
		snprintf(type, sizeof(type), "multipart/form-data; boundary=%s", boundary);
		snprintf(body, sizeof(body), "--%s\r\n\r\n1\r\n--%s--", boundary, boundary);
		read_form(&form, fields, sizeof(fields));
		assert_string_equal(fields, n <= MULTIPART_MAX_BOUNDARY ? "=1 ." : TYPED);
	}
	snprintf(type, sizeof(type), TYPE);
	for (int n = MULTIPART_MAX_HEAD - 1; n <= MULTIPART_MAX_HEAD + 1; n++) {
		/* "A:", n - 6 letters, and two line feeds: n bytes */
		snprintf(body, sizeof(body), "--X\r\nA:%0*d\r\n\r\n1\r\n--X--", n - 6, 0);
		read_form(&form, fields, sizeof(fields));
		assert_string_equal(fields, n <= MULTIPART_MAX_HEAD
						    ? "=1 ."
						    : "!the headers of a field are too long");
	}
}

static void types(void **state)
{
	static const char *const others[] = {"multipart/mixed; boundary=X", "multipart/form-dataX",
					     "text/plain", ""};

	(void)state;
	assert_false(multipart_is(NULL));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(multipart_is(others[i]));
	assert_true(multipart_is("multipart/form-data"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form),
		cmocka_unit_test(long_names),
		cmocka_unit_test(long_heads_and_boundaries),
		cmocka_unit_test(types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
