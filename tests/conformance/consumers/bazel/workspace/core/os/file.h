/* This project's own core/os/file.h, which nothing of mmapforge may include in the place of one of
 * its own. */
#ifndef MMF_FILE_H
#define MMF_FILE_H

#ifndef CONSUMER_INCLUDES_ITS_OWN
#error "a header of mmapforge included this project's core/os/file.h"
#endif

#define OWN_CORE_OS_FILE 1

#endif
