/* This project's own status.h, which nothing of mmapforge may include in the place of one of its
 * own. */
#ifndef MMF_STATUS_H
#define MMF_STATUS_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's status.h"
#endif

#define OWN_STATUS 1

#endif
