/* This project's own schema.h, which nothing of mmapforge may include in the place of one of its
 * own. */
#ifndef MMF_SCHEMA_H
#define MMF_SCHEMA_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's schema.h"
#endif

#define OWN_SCHEMA 1

#endif
