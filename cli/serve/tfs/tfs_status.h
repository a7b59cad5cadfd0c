/* tfs_status.h - the versions and the signatures of a model, as TensorFlow Serving shows them. */
#ifndef CLI_SERVE_TFS_STATUS_H
#define CLI_SERVE_TFS_STATUS_H

#include "../call/call.h"
#include "../models/registry.h"
#include "tfs_path.h"

void tfs_answer_status(struct call *call, const struct tfs_path *path);
void tfs_answer_metadata(struct call *call, const struct served *served);

#endif
