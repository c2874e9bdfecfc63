/* This project's own types.h, which nothing of mmapforge may include in the place of one of its
 * own. */
#ifndef MMF_TYPES_H
#define MMF_TYPES_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's types.h"
#endif

#define OWN_TYPES 1

#endif
