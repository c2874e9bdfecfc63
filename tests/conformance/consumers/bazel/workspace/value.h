/* This project's own value.h, which nothing of mmapforge may include in the place of one of its
 * own. */
#ifndef MMF_VALUE_H
#define MMF_VALUE_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's value.h"
#endif

#define OWN_VALUE 1

#endif
