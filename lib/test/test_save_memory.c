/*
 * test_save_memory.c - a model is written while memory is short: each allocation that writing makes
 * fails in turn, those within libc among them. Then either there is an error and no file, or the
 * file is as it always is.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models.h"
#include "tables.h"

/* The allocators of sanitizers cannot be replaced. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif

/* Which of the allocations from now on fails, counted from 1; 0: none. */
static size_t countdown;

#ifndef IS_SANITIZED
#define IS_SANITIZED false

static bool fails(void)
{
	const bool is_this_one = countdown > 0 && --countdown == 0;

	if (is_this_one)
		errno = ENOMEM;
	return is_this_one;
}

/* In place of libc's, for libc itself as well. */
#pragma GCC visibility push(default)

extern void *__libc_malloc(size_t nbytes);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *pointer, size_t nbytes);

void *malloc(size_t nbytes)
{
	return fails() ? NULL : __libc_malloc(nbytes);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *pointer, size_t nbytes)
{
	return fails() ? NULL : __libc_realloc(pointer, nbytes);
}

#pragma GCC visibility pop
#endif

/* Where a format's bytes lie. */
struct place {
	enum emnist_format format;
	const char *name, *file;
};

static const struct place places[] = {
	{EMNIST_FORMAT_ONNX, "model.onnx", "model.onnx"},
	{EMNIST_FORMAT_GRAPH_DEF, "model.pb", "model.pb"},
	{EMNIST_FORMAT_SAFETENSORS, "model.safetensors", "model.safetensors"},
	{EMNIST_FORMAT_SAVED_MODEL, "saved", "saved/saved_model.pb"},
};

/* Writes the model while allocation n fails; whether there was one. */
static bool save_without(const struct emnist_model *model, const struct place *place, size_t n,
			 enum emnist_status *status_ret)
{
	const struct emnist_save_options options = {.format = place->format};
	struct emnist_error error = {.message = "none"};
	bool was_there;

	countdown = n;
	*status_ret = emnist_model_save(model, place->name, &options, &error);
	was_there = n > 0 && countdown == 0;
	countdown = 0;
	if (*status_ret)
		assert_true(error.code == EMNIST_ERR_MEMORY || error.sys_errno == ENOMEM);
	return was_there;
}

static void take_away(const struct place *place)
{
	assert_int_equal(unlink(place->file), 0);
	if (strcmp(place->file, place->name) != 0)
		assert_int_equal(rmdir(place->name), 0);
}

static void check_place(const struct emnist_model *model, const struct place *place)
{
	struct buffer expected, file;
	enum emnist_status status;
	size_t n_failed = 0;

	assert_false(save_without(model, place, 0, &status));
	assert_int_equal(status, EMNIST_OK);
	expected = read_bytes(place->file);
	assert_non_null(memmem(expected.data, expected.nbytes, "1 65 97", 7));
	take_away(place);
	for (size_t n = 1; save_without(model, place, n, &status); n++) {
		n_failed += status != EMNIST_OK;
		if (status) {
			assert_int_equal(access(place->name, F_OK), -1);
			continue;
		}
		file = read_bytes(place->file);
		if (file.nbytes != expected.nbytes ||
		    memcmp(file.data, expected.data, file.nbytes) != 0)
			fail_msg("%s: another file where allocation %zu failed", place->name, n);
		buffer_clear(&file);
		take_away(place);
	}
	assert_int_equal(status, EMNIST_OK);
	take_away(place);
	assert_true(n_failed >= 4);
	buffer_clear(&expected);
}

static void test_every_allocation(void **state)
{
	char folder[] = "/tmp/emnist-memory-XXXXXX", before[4096];
	struct emnist_model *model;

	(void)state;
	if (IS_SANITIZED)
		skip();
	model = random_model((uint32_t[]){6, 4, 26}, 3, EMNIST_ELU, 1);
	assert_non_null(model);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		check_place(model, &places[i]);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(rmdir(folder), 0);
	emnist_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests_name("save_memory", tests, NULL, NULL);
}
