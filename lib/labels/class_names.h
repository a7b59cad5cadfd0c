/* class_names.h - the meaning of class names, from folders or lists. */
#ifndef LABELS_CLASS_NAMES_H
#define LABELS_CLASS_NAMES_H

#include "../base/error.h"

/*
 * Reads n class names by one rule: the first that fits all of them. emnist-formats(5) lists the
 * rules.
 *
 * mapping: the labels that the names belong to, or NULL. Without it, *labels_ret are labels made
 * from the names, to be freed with emnist_labels_free(), or NULL if the names are class numbers of
 * unknown meaning. With it, *labels_ret is NULL. values_ret: (n) each name's index in the labels or
 * the mapping. *rule_ret: the rule, for messages: "characters".
 */
enum emnist_status class_names_read(const char *const *names, size_t n,
				    const struct emnist_labels *mapping, uint16_t *values_ret,
				    struct emnist_labels **labels_ret, const char **rule_ret,
				    struct emnist_error *error);

/*
 * Reads n class names in a given order, such as those in a model file, by the same rules: entry i
 * of *labels_ret is the meaning of names[i], with index i. NULL if all are class numbers, which
 * numbers_ret, (n), then gets. EMNIST_ERR_FORMAT: no rule reads all of them.
 */
enum emnist_status class_names_in_order(const char *const *names, size_t n, uint16_t *numbers_ret,
					struct emnist_labels **labels_ret,
					struct emnist_error *error);

#endif
