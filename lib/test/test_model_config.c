/* test_model_config.c - lists of models, and directories of versions, as `emnist serve` reads them.
 */
#include "../../cli/serve/models/model_list.h"
#include "../../cli/serve/models/version_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static enum emnist_status parse(const char *text, struct model_config *config,
				struct emnist_error *error)
{
	memset(error, 0x55, sizeof(*error));
	return model_list_parse(text, strlen(text), "/folder/", config, error);
}

/* ------------------------------------------------------------------- what is read */

static void test_everything(void **state)
{
	static const char text[] =
		"# Two models.\n"
		"model_config_list: {\n"
		"  config {\n"
		"    name: 'digits' base_path: \"/models/digits\"; model_platform: 'tensorflow',\n"
		"    model_version_policy { specific { versions: 42 versions: [-7, 0x2b] } }\n"
		"    version_labels { key: 'stable' value: 42 }\n"
		"    version_labels < value: 43 key: \"canary\" >\n"
		"    version_labels { key: 'stable' value: 44 }\n"
		"    model_type: TENSORFLOW\n"
		"  }\n"
		"  config: [ { name: \"let\" 'ters' # in two parts\n"
		"              \"\" base_path: 'letters' } ]\n"
		"}";
	const struct model_entry *digits, *letters;
	struct model_config config;
	struct emnist_error error;

	(void)state;
	assert_int_equal(parse(text, &config, &error), EMNIST_OK);
	assert_int_equal(config.n, 2);
	digits = &config.models[0];
	letters = &config.models[1];
	assert_string_equal(digits->name, "digits");
	assert_string_equal(digits->base_path, "/models/digits");
	assert_int_equal(digits->policy, POLICY_SPECIFIC);
	assert_int_equal(digits->n_versions, 3);
	assert_int_equal(digits->versions[0], 42);
	assert_int_equal(digits->versions[1], -7);
	assert_int_equal(digits->versions[2], 43);
	assert_int_equal(digits->n_labels, 2);
	assert_string_equal(digits->labels[0].name, "stable");
	assert_int_equal(digits->labels[0].number, 44);
	assert_string_equal(digits->labels[1].name, "canary");
	assert_int_equal(digits->labels[1].number, 43);
	assert_string_equal(letters->name, "letters");
	assert_string_equal(letters->base_path, "/folder/letters");
	assert_int_equal(letters->policy, POLICY_LATEST);
	assert_int_equal(letters->n_latest, 1);
	model_config_clear(&config);
}

#define MODEL(fields) "model_config_list{config{name:'a'base_path:'/a'" fields "}}"

static void test_policies(void **state)
{
	static const struct {
		const char *text;
		enum version_policy policy;
		uint32_t n_latest;
	} policies[] = {
		{MODEL(""), POLICY_LATEST, 1},
		{MODEL("model_version_policy{}"), POLICY_LATEST, 1},
		{MODEL("model_version_policy{latest{}}"), POLICY_LATEST, 1},
		{MODEL("model_version_policy{latest{num_versions:0}}"), POLICY_LATEST, 1},
		{MODEL("model_version_policy{latest{num_versions:017}}"), POLICY_LATEST, 15},
		{MODEL("model_version_policy:<latest:<num_versions:4294967295>>"), POLICY_LATEST,
		 UINT32_MAX},
		{MODEL("model_version_policy{all{}}"), POLICY_ALL, 1},
		{MODEL("model_version_policy{specific{}}"), POLICY_SPECIFIC, 1},
		{MODEL("model_version_policy{specific{versions:[]}}"), POLICY_SPECIFIC, 1},
	};
	struct model_config config;
	struct emnist_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
		assert_int_equal(parse(policies[i].text, &config, &error), EMNIST_OK);
		assert_int_equal(config.n, 1);
		assert_int_equal(config.models[0].policy, policies[i].policy);
		assert_int_equal(config.models[0].n_latest, policies[i].n_latest);
		model_config_clear(&config);
	}
}

static void test_strings(void **state)
{
	static const struct {
		const char *written, *meant;
	} strings[] = {
		{"'a\\'\\\"b'", "a'\"b"},
		{"\"\\a\\b\\f\\n\\r\\t\\v\\\\\\?\"", "\a\b\f\n\r\t\v\\?"},
		{"'\\1018\\x41g\\X4'", "A8Ag\x04"},
		{"'\\u00e9\\U0001F600'", "\xc3\xa9\xf0\x9f\x98\x80"},
		{"'\\377'", "\xff"},
		{"'a' \"b\"\n# c\n'd'", "abd"},
		{"'\t#{}'", "\t#{}"},
	};
	struct model_config config;
	struct emnist_error error;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		snprintf(text, sizeof(text), "model_config_list{config{base_path:'/a'name:%s}}",
			 strings[i].written);
		assert_int_equal(parse(text, &config, &error), EMNIST_OK);
		assert_string_equal(config.models[0].name, strings[i].meant);
		model_config_clear(&config);
	}
}

/* ---------------------------------------------------------------- what is refused */

static const struct {
	const char *text, *message;
} refused[] = {
	{"", "no model_config_list"},
	{" # nothing\n", "no model_config_list"},
	{"}", "1:1: a name is expected"},
	{"model_config_list", "1:18: '{' is expected"},
	{"model_config_list {", "1:20: the text ends within a message"},
	{"model_config_list {}}", "1:21: a name is expected"},
	{"model_config_list { >", "1:21: a name is expected"},
	{"model_config_list {} model_config_list {}", "1:22: model_config_list is given twice"},
	{"model_config_list {}\n\n  custom_model_config {}",
	 "3:3: custom_model_config is not supported"},
	{"models {}", "1:1: the configuration has no field models (fields: model_config_list)"},
	{MODEL("nmae:'b'"), "1:48: config has no field nmae (fields: name, base_path, "
			    "model_platform, model_version_policy, version_labels, model_type)"},
	{MODEL("\nname:'b'"), "2:1: name is given twice"},
	{MODEL("\nlogging_config{}"), "2:1: logging_config is not supported"},
	{MODEL("\nmodel_version_policy{all{x:1}}"), "2:26: all has no field x (fields: none)"},
	{MODEL("\nmodel_version_policy{all{}latest{}}"), "2:27: latest is given along with all"},
	{MODEL("\nmodel_version_policy{latest{num_versions:-1}}"),
	 "2:42: the integer is out of range: 0 to 4294967295"},
	{MODEL("\nmodel_version_policy{latest{num_versions:4294967296}}"),
	 "2:42: the integer is out of range: 0 to 4294967295"},
	{MODEL("\nmodel_version_policy{latest{num_versions:[1]}}"), "2:42: num_versions takes one "
								    "value"},
	{MODEL("\nmodel_version_policy{specific{versions:9223372036854775808}}"),
	 "2:40: the integer is out of range: -9223372036854775808 to 9223372036854775807"},
	{MODEL("\nmodel_version_policy{specific{versions:'1'}}"), "2:40: an integer is expected"},
	{MODEL("\nmodel_version_policy{specific{versions:1.0}}"), "2:40: an integer is expected"},
	{MODEL("\nmodel_version_policy{specific{versions:09}}"), "2:40: an integer is expected"},
	{MODEL("\nmodel_version_policy{specific{versions:0x}}"), "2:40: an integer is expected"},
	{MODEL("\nmodel_version_policy{specific{versions:1a}}"), "2:40: an integer is expected"},
	{MODEL("\nmodel_version_policy{specific{versions:[1 2]}}"), "2:43: ',' or ']' is expected"},
	{MODEL("\nmodel_version_policy{specific{versions:[1,]}}"), "2:43: an integer is expected"},
	{MODEL("\nversion_labels{value:1}"), "2:23: the label has no key"},
	{MODEL("\nversion_labels:[{key:'a'value:1}"), "2:33: ',' or ']' is expected"},
	{MODEL("\nmodel_type:OTHER"), "2:12: model_type must be TENSORFLOW"},
	{"model_config_list{config{base_path:'/a'}}", "1:40: the model has no name"},
	{"model_config_list{config{name:'a'}}", "1:34: the model has no base_path"},
	{"model_config_list{config{name 'a'}}", "1:31: ':' is expected"},
	{"model_config_list{config{name: a}}", "1:32: a string in quotes is expected"},
	{"model_config_list{config{name:'a}}\n'}}", "1:35: the string does not end on its line"},
	{"model_config_list{config{name:'a\\", "1:34: not an escape"},
	{"model_config_list{config{name:'a\\0'}}", "1:35: not an escape"},
	{"model_config_list{config{name:'a\\777'}}", "1:37: not an escape"},
	{"model_config_list{config{name:'a\\xg'}}", "1:35: not an escape"},
	{"model_config_list{config{name:'a\\q'}}", "1:34: not an escape"},
	{"model_config_list{config{name:'a\\ud800'}}", "1:39: not a code point"},
	{"model_config_list{config{name:'a\\u12'}}", "1:37: not a code point"},
	{"model_config_list{config{name:'a'base_path:'s3://b/c'}}",
	 "1:44: base_path must be a local path"},
	{"model_config_list{config{name:'a'base_path:'/a'}\n config{name:'a'base_path:'/b'}}",
	 "2:31: Illegal to list model a multiple times in config list"},
};

static void test_refused(void **state)
{
	struct model_config config;
	struct emnist_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		assert_int_not_equal(parse(refused[i].text, &config, &error), EMNIST_OK);
		assert_int_equal(config.n, 0);
		assert_string_equal(error.message, refused[i].message);
	}
}

#define MODEL_START "config{name:'a'base_path:'/'"

/* As many models, versions of one and labels of one as there may be, and one more. */
static void test_limits(void **state)
{
	static const struct {
		const char *before, *item, *after;
	} lists[] = {
		{"", "config{name:'%u'base_path:'/'}", ""},
		{MODEL_START "model_version_policy{specific{", "versions:%u ", "}}}"},
		{MODEL_START, "version_labels{key:'%u'}", "}"},
	};
	struct model_config config;
	struct emnist_error error;

	(void)state;
	for (unsigned n = 1000; n <= 1001; n++)
		for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
			char *text;
			size_t nbytes;
			FILE *file = open_memstream(&text, &nbytes);

			fprintf(file, "model_config_list{%s", lists[i].before);
			for (unsigned k = 0; k < n; k++)
				fprintf(file, lists[i].item, k);
			fprintf(file, "%s}", lists[i].after);
			fclose(file);
			assert_int_equal(parse(text, &config, &error),
					 n == 1000 ? EMNIST_OK : EMNIST_ERR_LIMIT);
			model_config_clear(&config);
			free(text);
		}
}

/* The longest string: as long as a path. */
#define LONGEST 4095

static void test_long_string(void **state)
{
	struct model_config config;
	struct emnist_error error;
	char text[5000];

	(void)state;
	for (int n = LONGEST; n <= LONGEST + 1; n++) {
		snprintf(text, sizeof(text), "model_config_list{config{name:'%0*d'base_path:'/'}}",
			 n, 0);
		assert_int_equal(parse(text, &config, &error) == EMNIST_OK, n == LONGEST);
		model_config_clear(&config);
	}
}

/* --------------------------------------------------------------------- names of one */

static void test_single(void **state)
{
	static const struct {
		const char *path, *name, *wanted;
	} names[] = {
		{NULL, NULL, "emnist"},
		{NULL, "x", "x"},
		{"testdata/models", NULL, "models"},
		{"testdata/models//", NULL, "models"},
		{"testdata/models/.", NULL, "models"},
		{"testdata/models/plain.onnx", NULL, "plain"},
		{"testdata/models/plain.onnx", "x", "x"},
		{"/dev/stdin", NULL, "emnist"},
		{"/", NULL, "emnist"},
		{"-", NULL, "emnist"},
		{"not/there.onnx", NULL, "there"},
		{"nowhere", NULL, "nowhere"},
		{"not/there/7/", NULL, "there"},
		{"not/there/saved_model.pb", NULL, "there"},
		{"not/a.onnx.d", NULL, "a.onnx.d"},
	};
	struct model_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_true(model_config_single(names[i].path, names[i].name, &config));
		assert_int_equal(config.n, 1);
		assert_string_equal(config.models[0].name, names[i].wanted);
		model_config_clear(&config);
	}
}

/* ------------------------------------------------------------------------- versions */

static void test_version_number(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
	} right[] = {
		{"0", 0},
		{"00000123", 123},
		{"-1", -1},
		{"+7", 7},
		{" 7\t\n\v\f\r ", 7},
		{"-0", 0},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775808", INT64_MIN},
	};
	static const char *const wrong[] = {
		"",
		" ",
		"-",
		"+",
		"- 1",
		"--1",
		"1.",
		"1a",
		"0x1",
		"1 2",
		"v1",
		".",
		"..",
		"1_0",
		"1,0",
		"\xd9\xa1",
		"9223372036854775808",
		"-9223372036854775809",
		"123456789012345678901234567890",
		"1~",
		"1.tmp",
	};
	int64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++) {
		assert_true(version_number(right[i].text, &number));
		assert_int_equal(number, right[i].number);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(version_number(wrong[i], &number));
}

/* A new directory with these entries, and "/NAME" behind its path; names with a slash at their end
 * are directories. */
static void make_tree(char path[static 64], const char *const *names)
{
	char entry[128];

	strcpy(path, "/tmp/emnist-versions-XXXXXX");
	assert_non_null(mkdtemp(path));
	for (; *names; names++) {
		snprintf(entry, sizeof(entry), "%s/%s", path, *names);
		if (entry[strlen(entry) - 1] == '/') {
			assert_int_equal(mkdir(entry, 0700), 0);
		} else {
			FILE *file = fopen(entry, "w");

			assert_non_null(file);
			fclose(file);
		}
	}
}

static void remove_tree(const char *path, const char *const *names)
{
	char entry[128];
	size_t n = 0;

	while (names[n])
		n++;
	while (n-- > 0) {
		snprintf(entry, sizeof(entry), "%s/%s", path, names[n]);
		remove(entry);
	}
	assert_int_equal(rmdir(path), 0);
}

static void test_scan(void **state)
{
	static const char *const names[] = {"3/",  "20/", "100/",   "0100/", "-5/", "x/",
					    "1.0", "7",   "latest", "100~/", NULL};
	static const int64_t numbers[] = {100, 20, 7, 3, -5};
	struct found_versions found = {0};
	struct emnist_error error;
	char path[64];

	(void)state;
	make_tree(path, names);
	assert_int_equal(version_scan(path, &found, &error), EMNIST_OK);
	assert_int_equal(found.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(found.items[i].number, numbers[i]);
	assert_string_equal(found.items[0].name, "100");
	assert_string_equal(found.twin, "100");
	assert_string_equal(found.ignored_twin, "0100");
	remove_tree(path, names);
	/* What was found stays when nothing can be found. */
	assert_int_equal(version_scan(path, &found, &error), EMNIST_ERR_IO);
	assert_int_equal(found.n, 5);
	found_versions_clear(&found);
}

static void test_many_versions(void **state)
{
	static const char *const none[] = {NULL};
	struct found_versions found = {0};
	struct emnist_error error;
	char path[64], entry[128];

	(void)state;
	make_tree(path, none);
	for (int i = 1; i <= 1000; i++) {
		snprintf(entry, sizeof(entry), "%s/%d", path, i);
		assert_int_equal(mkdir(entry, 0700), 0);
	}
	assert_int_equal(version_scan(path, &found, &error), EMNIST_OK);
	assert_int_equal(found.n, 1000);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(found.items[i].number, 1000 - i);
		snprintf(entry, sizeof(entry), "%s/%s", path, found.items[i].name);
		assert_int_equal(rmdir(entry), 0);
	}
	found_versions_clear(&found);
	remove_tree(path, none);
}

static void test_model_in_directory(void **state)
{
	static const struct {
		const char *names[5];
		const char *model; /* NULL: an error */
	} directories[] = {
		{{"saved_model.pb", "variables/"}, ""},
		{{"saved_model.pb", "a.onnx"}, ""},
		{{"model.onnx"}, "/model.onnx"},
		{{"model.onnx", "weights.bin", ".b.onnx", "labels.txt"}, "/model.onnx"},
		{{"frozen.pb", "config.pbtxt"}, "/frozen.pb"},
		{{"net.safetensors"}, "/net.safetensors"},
		{{"model.savedmodel/", "model.savedmodel/saved_model.pb"}, "/model.savedmodel"},
		{{NULL}, NULL},
		{{"readme.txt"}, NULL},
		{{"a.onnx", "b.onnx"}, NULL},
	};
	struct emnist_error error;
	char path[64], wanted[128];
	char *model;

	(void)state;
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		const bool is_good = directories[i].model != NULL;

		make_tree(path, directories[i].names);
		assert_int_equal(version_model(path, &model, &error) == EMNIST_OK, is_good);
		if (is_good) {
			snprintf(wanted, sizeof(wanted), "%s%s", path, directories[i].model);
			assert_string_equal(model, wanted);
		}
		free(model);
		remove_tree(path, directories[i].names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long_string),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_version_number),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_many_versions),
		cmocka_unit_test(test_model_in_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
