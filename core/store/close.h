/* The end of handles; and of one whose opening failed when it was complete already. */
#ifndef MMF_STORE_CLOSE_H
#define MMF_STORE_CLOSE_H

#include "state.h"

/* Makes every later use of the handle MMF_ERR_CLOSED; its memory goes when others have followed. */
void mmfi_handle_retire(mmf_store *store);

#endif
