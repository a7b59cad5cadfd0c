/* tfs_regress.h - why a signature is not one for `regress`. */
#ifndef CLI_SERVE_TFS_REGRESS_H
#define CLI_SERVE_TFS_REGRESS_H

#include "../../output/text.h"

#include <emnist_origin.h>

/* Appends what TensorFlow Serving says of a signature without the inputs and outputs of a
 * regression; no model here has both. */
void tfs_refuse_regression(const struct emnist_signature *signature, struct text *error);

#endif
