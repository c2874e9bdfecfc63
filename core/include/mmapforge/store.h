/*
 * A store: records of one schema in a memory-mapped file, shared between processes.
 *
 * Generated code wraps these calls for one record type (`tick_store_open`, ...); used as they are,
 * they serve any store, from the schema that its file carries.
 *
 * Processes. One writer holds the file at a time, by a lock that the kernel frees when the writer
 * dies; any number of processes read, without locks, at any time, also a read-only file on a
 * read-only file system. A reader sees what the writer published, as soon as it is published. Any
 * program that may read the file can keep writers out by a read lock on the byte that they lock;
 * the message of their open says that the holder is not a writer. Give read permission only to
 * users who may do that.
 *
 * With options.shared_writers several writers have a file at once, in any threads and processes,
 * each with a handle of its own: at most 64 in a file created with that option, 8 in another. A
 * record is then taken by compare-and-swap, and one writer appends at a time, so a write costs some
 * ten times as much; reading costs the same. A record or lock of a killed writer is recovered by
 * the next writer that needs it. If a writer lives but does not run (it is stopped, or hangs), a
 * call of another one returns MMF_ERR_BUSY after ten seconds, and mmf_store_explain names the
 * process and what it holds. No append and no replacement is lost. A read-modify-write is two
 * calls, between which another writer may set the value: it needs a single writer, or a lock of the
 * application's own. A single writer and several writers exclude each other: MMF_ERR_LOCKED. All of
 * several writers must be able to read the boot id, else MMF_ERR_UNSUPPORTED (docs/durability.md).
 *
 * Consistency. A record or a string that is copied out is consistent, whatever happens to
 * writers meanwhile. A scalar is one load: during a replacement it may return the new value, which
 * is rolled back if the writer dies first.
 *
 * Threads. Any number of threads may read through one handle. Writing through a handle is for one
 * thread at a time. Nothing may use a handle while mmf_store_close runs on it.
 *
 * Fork. A child may read through an inherited handle, and is refused writing (MMF_ERR_READ_ONLY):
 * it closes the handle and opens the file itself once the parent has closed it. Its close writes
 * nothing and leaves the lock to the parent. A child that keeps the handle of a parent that was
 * killed keeps the file locked until it closes the handle, or every descriptor, or ends.
 *
 * Durability. What is written survives the death of the writing process at once, without a sync.
 * mmf_store_sync makes it survive a power cut; mmf_store_close of a writer syncs. What survives
 * which event, and on which file systems, containers and copies it does not, is in
 * docs/durability.md. The statuses by which a program is told:
 *
 *   MMF_ERR_CORRUPT         a record that a power cut left torn, until it is replaced as a whole;
 *                           to set a part of it, except a scalar by the only writer of the file.
 *                           Also a file that was truncated or overwritten, at the next sync, close
 *                           or growth
 *   MMF_ERR_BUSY            a torn record while it is being replaced: it has no earlier content
 *   MMF_ERR_NO_SPACE        a full disk, from create, open or growth and never from a set
 *   MMF_ERR_NOT_FOUND       a writer's file has no name any more, at the next sync, close or growth
 *   MMF_ERR_NEEDS_RECOVERY  a sync failed, so that unsynced data is not durable
 *   SIGBUS                  an open file was truncated, or has no blocks of its own on a full disk;
 *                           with mmapforge/sigbus.h it is a status
 *   MMF_OK with a message   from open: rows are missing or were dropped. mmf_info tells afterwards
 *
 * Copy a store that writers have open by mmf_store_copy, never by `cp`.
 *
 * Damage. Records whose schema has @checksums can be verified (mmapforge/verify.h). To set one
 * field of such a record is to replace the record, and MMF_ERR_CORRUPT when that is damaged.
 *
 * Versions. Programs, generated code and the library are of one binary interface (MMF_ABI), which
 * versions share that differ only in their patch. Compiler, linker and loader refuse a mixture
 * (mmapforge/version.h). mmf_options and mmf_info carry their sizes and may grow within one.
 *
 * Errors. Every call that can fail returns a mmf_status; results go through the last pointers,
 * which are left alone or set to NULL or 0 on failure. Where a mmf_error can be passed it may be
 * NULL.
 */
#ifndef MMAPFORGE_STORE_H
#define MMAPFORGE_STORE_H

#include "mmapforge/detail/atomic.h"
#include "mmapforge/detail/handle.h"
#include "mmapforge/schema.h"

MMF_BEGIN_DECLS

typedef enum mmf_mode {
    MMF_READ_ONLY = 0,
    MMF_READ_WRITE = 1 /* takes the writer lock; a second writer gets MMF_ERR_LOCKED */
} mmf_mode;

/*
 * How to open or create. Start from MMF_OPTIONS_INIT, which sets size, and assign to the options
 * that matter; 0 means the default. Without it (`mmf_options o = {.mode = MMF_READ_WRITE};`) size
 * is 0, and the call is MMF_ERR_ARGUMENT.
 *
 * Later versions take reserved bytes for new options, or add them after the last one. A library
 * reads the first `size` bytes, and takes the default of every option beyond them. An option that
 * it does not know and that is not 0 is MMF_ERR_ARGUMENT, so that no option is ignored silently.
 */
typedef struct mmf_options {
    size_t size;            /* of this struct when the caller was compiled; by MMF_OPTIONS_INIT */
    mmf_mode mode;          /* of open; create always writes */
    unsigned permissions;   /* of a new file, less the umask; default 0666, at most 0777; at least
                               0400 is left */
    uint64_t reserve_bytes; /* address space for the file to grow into; see below */
    uint64_t capacity;      /* records that a new file has room for at once; default about 64 KiB */
    bool shared_writers;    /* one of several writers at once; without effect on a reader */
    bool huge_pages;        /* pages of 2 MiB where there are some; see below */
    uint8_t reserved[6];    /* of later options: 0 */
} mmf_options;

#define MMF_OPTIONS_INIT                                                                           \
    {                                                                                              \
        sizeof(mmf_options), MMF_READ_ONLY, 0, 0, 0, false, false,                                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/*
 * options.huge_pages makes random reads of large files faster: one entry of the processor's page
 * tables is for 2 MiB then, and not for 4 KiB. On ext4, XFS and btrfs of newer kernels, what is
 * read from the disk after the open comes by 2 MiB at once, also where one record was asked for. On
 * tmpfs (/dev/shm), from Linux 6.1 on, the open copies the file into such pages, which takes
 * milliseconds for each, and so does an append that grows the file for what is full; other
 * processes that open it later have them as well, without the option. Without effect elsewhere.
 */

/*
 * The default of options.reserve_bytes: 64 GiB for a writer. For a reader 8 times the size of the
 * file, at least 1 GiB more than it; when the file outgrows that, the reservation is extended in
 * place while the addresses after it are free, so that views and columns stay where they are.
 *
 * Where the address space of the process is limited (ulimit -v), a default takes at most a quarter
 * of what is left, because the program needs some for its own allocations and threads; mmf_info
 * tells how much was asked and had. A value that is given is taken as far as it fits, and is all
 * that the handle ever takes.
 *
 * A handle whose reservation is used up returns MMF_ERR_CAPACITY for the rows that do not fit, and
 * for columns, row ranges and waits that reach them: open the store again, with a larger
 * options.reserve_bytes.
 */
#define MMF_RESERVE_BYTES_DEFAULT (UINT64_C(64) << 30)
#define MMF_RESERVE_BYTES_READER  (UINT64_C(1) << 30)

/*
 * Whether an open store still has the file that its path leads to. A handle goes on with the file
 * that it opened, and must be closed and opened again to follow the path.
 */
typedef enum mmf_replaced {
    MMF_REPLACED_NO = 0,
    MMF_REPLACED_UNLINKED = 1, /* removed: it has no name, and is gone with its last handle */
    MMF_REPLACED_MOVED = 2,    /* renamed: it has another name, and the path leads to nothing */
    MMF_REPLACED_BY_FILE = 3,  /* the path leads to another file */
    MMF_REPLACED_BY_STORE = 4, /* another store was written over it in place */
    MMF_REPLACED_COPIED_UP = 5 /* the mapping is of an old copy: docs/durability.md, Overlayfs */
} mmf_replaced;

/* Whether a writer has the file, and else how the last one ended. */
typedef enum mmf_writer_state {
    MMF_WRITER_AT_WORK = 1,
    MMF_WRITER_CLOSED = 2, /* also when there was none, or it was of a library before 0.2 */
    MMF_WRITER_KILLED = 3  /* it never came to its close; after a power cut it may be CLOSED */
} mmf_writer_state;

/*
 * What mmf_store_info tells of an open store. Later versions add fields after the last one; one
 * that lies beyond `size` is not known to the library, and is 0.
 */
typedef struct mmf_info {
    size_t size;            /* bytes of this struct that the library has filled */
    uint64_t count;         /* as mmf_store_count */
    uint64_t dropped_rows;  /* a writer's: the most that opening did not keep, appended after the
                               last sync before the machine or a container was started anew */
    uint64_t missing_rows;  /* records of count, the last ones, that a damaged file lacks; else 0 */
    uint64_t capacity;      /* records that the file has room for without growing */
    uint64_t capacity_max;  /* records that fit the address space reserved by this handle */
    uint64_t file_size;     /* bytes */
    uint64_t header_size;   /* bytes before the first record */
    uint64_t reserve_bytes; /* address space had */
    uint64_t reserve_asked; /* more than reserve_bytes when the system gave less */
    uint64_t layout_hash;
    uint64_t writer_pid; /* of the writer that has the file, 0 when none has; of several writers, of
                            the latest to open it, which may have left */
    uint32_t record_size;
    uint32_t format_version;
    bool writable; /* this handle may write */
    bool live;     /* the shared count is used; false: the count of the last sync or close is */
    mmf_replaced replaced;
    mmf_writer_state writer_state; /* of several writers: of the last one */
} mmf_info;

/*
 * Makes a new store of that schema and opens it for writing. The file appears under its name only
 * when it is whole. A process that is killed before leaves one named like it, with 16 hexadecimal
 * digits and ".new" after the name: the next create in that directory removes it. The schema need
 * only live during the call.
 *
 * Returns MMF_ERR_ARGUMENT, MMF_ERR_EXISTS, MMF_ERR_NOT_FOUND (no such directory),
 * MMF_ERR_READ_ONLY, MMF_ERR_NO_SPACE, MMF_ERR_NO_MEMORY, MMF_ERR_CAPACITY (options.capacity
 * exceeds options.reserve_bytes), MMF_ERR_UNSUPPORTED (the file system has no locks, or can name no
 * file without replacing another), MMF_ERR_LOCKED (where a file is named by a hard link, another
 * writer may open it first) or MMF_ERR_IO; *out is NULL then. With MMF_OK and a message in *error,
 * the reserve is smaller than asked. Release with mmf_store_close.
 */
mmf_status mmf_store_create(const char *path, const mmf_options *options, const mmf_schema *schema,
                            mmf_store **out, mmf_error *error);

/*
 * Opens a store of any schema. Where another process holds a lease on the file (Samba, the NFS
 * server), waits up to ten seconds for it to be given back.
 *
 * A file that counts more records than it has (it was truncated, or copied in part) is opened for
 * reading all the same, with MMF_OK and a message in *error: mmf_info.missing_rows says how many
 * are missing at the end. To read one of them is MMF_ERR_CORRUPT, and so is a row range, a column
 * or a verification that reaches them. For writing it is refused (MMF_ERR_CORRUPT).
 *
 * A writer recovers what a killed one left, in O(1) (with checksums, after a restart of the
 * machine, in O(n) of the records since the last sync). It has blocks given to a file with holes (a
 * sparse copy), because writing into one would need the disk to have room at that moment:
 * MMF_ERR_NO_SPACE when it has none now.
 *
 * Returns MMF_ERR_ARGUMENT, MMF_ERR_NOT_FOUND, MMF_ERR_FORMAT, MMF_ERR_VERSION, MMF_ERR_CORRUPT,
 * MMF_ERR_LOCKED (a writer has it; of several, all places are taken, or one has been opening it for
 * ten seconds), MMF_ERR_READ_ONLY, MMF_ERR_NO_SPACE, MMF_ERR_NO_MEMORY, MMF_ERR_NEEDS_RECOVERY,
 * MMF_ERR_UNSUPPORTED or MMF_ERR_IO; then *out is NULL, and the file is unchanged.
 * Messages with MMF_OK as in create. Release with mmf_store_close.
 */
mmf_status mmf_store_open(const char *path, const mmf_options *options, mmf_store **out,
                          mmf_error *error);

/*
 * As mmf_store_open, for a program that has a schema of its own: the file holds records of that
 * schema, or of another version of it that mmf_schema_adapt accepts. Then every record has the
 * program's layout: values are found by the names of their fields, numbers that were narrower are
 * widened, and a field that the file lacks has its default or is null. Such a file may be written,
 * too, if the program knows all of its fields; a value that does not fit a narrower field of the
 * file is MMF_ERR_TOO_LONG, and one for a field that the file lacks MMF_ERR_SCHEMA. A row range is
 * MMF_ERR_UNSUPPORTED there, and so is a column whose values are converted: use get.
 *
 * MMF_ERR_SCHEMA for any other file, and for one to be written that has fields the program does not
 * know: the message names the field, what both sides have, and the way out.
 */
mmf_status mmf_store_open_as(const char *path, const mmf_options *options, const mmf_schema *schema,
                             mmf_store **out, mmf_error *error);

/*
 * Syncs if this handle may write (nothing when nothing has changed), unlocks, unmaps and releases.
 * Views and columns die with it. The handle is gone whatever is returned; for a while after, its
 * use gives MMF_ERR_CLOSED. NULL is allowed. Returns what the sync did, as mmf_store_sync: if it
 * fails, unsynced data is not durable.
 *
 * One of several writers waits up to ten seconds for the append lock, also when an append has just
 * waited for it in vain, and when this handle has nothing to commit: MMF_ERR_BUSY then. Its records
 * stay published, and the next sync or close of any writer commits them.
 */
mmf_status mmf_store_close(mmf_store *store);

/*
 * Makes every record written so far survive a power cut. It waits for the disk once when records
 * were only appended or only replaced since the last sync, twice when both were, and not at all
 * when nothing has changed. The first replacement of a record that was appended before the last
 * sync and after the one before it may have to wait for the disk, too, once for a handle: it
 * returns MMF_ERR_IO or MMF_ERR_NO_SPACE then when the disk fails, as a sync. When the disk fails,
 * the handle stays failed (MMF_ERR_NEEDS_RECOVERY from then on), because the system may have
 * dropped what it could not write: copy the records to a new store. Returns MMF_ERR_IO,
 * MMF_ERR_NO_SPACE, MMF_ERR_NEEDS_RECOVERY, MMF_ERR_READ_ONLY for a handle that may not write,
 * MMF_ERR_BUSY (another writer kept this one from committing for ten seconds; the message says
 * which: try again),
 * MMF_ERR_CORRUPT (the file was truncated, mmapforge/sigbus.h, or written over), MMF_ERR_NOT_FOUND
 * (the file has no name any more; it was synced), MMF_ERR_ARGUMENT or MMF_ERR_CLOSED.
 */
mmf_status mmf_store_sync(mmf_store *store, mmf_error *error);

/*
 * Copies the store to a new file at path. A file that writers have open is copied by this call,
 * never by `cp`, which copies mixtures of two records. Each record is of one moment during the
 * call, and there are as many as the store had at its beginning. The file appears under its name
 * when all of it is on the disk, has an id of its own, and is in no way bound to this one. Any
 * handle will do, a read-only one as well; others may write meanwhile. Where a message says to
 * restore a file from a copy, it means such a copy: close every handle of the file, and rename the
 * copy to its path.
 *
 * Returns what mmf_store_create and mmf_store_sync return, MMF_ERR_EXISTS included;
 * MMF_ERR_CORRUPT (a record is damaged, or rows are missing) or MMF_ERR_BUSY (it is replaced again
 * and again), with its row in the message; MMF_ERR_CAPACITY when this handle's reserve does not
 * reach all records; MMF_ERR_CLOSED. There is no file then.
 */
mmf_status mmf_store_copy(const mmf_store *store, const char *path, mmf_error *error);

/*
 * Records that are published now; grows only. A thread that sees a record counted also sees what
 * its writer did before it appended it. Each can be read, but for those that a damaged file lacks
 * (mmf_info.missing_rows) and those beyond the address space of the handle (mmf_info.capacity_max):
 * reading them is MMF_ERR_CORRUPT and MMF_ERR_CAPACITY, so a loop over all never ends too early in
 * silence. 0 for NULL and closed handles.
 */
MMFI_INLINE uint64_t mmf_store_count(const mmf_store *store)
{
    if (MMFI_UNLIKELY(store == NULL))
        return 0;
    const uint64_t count = mmfi_load64_acquire(&store->live->count);
    if (MMFI_LIKELY(count == mmfi_load64(&store->row_bound)))
        return count;
    return mmfi_count_slow(store);
}

/* Records that the file has room for without growing. 0 for NULL and closed handles. */
uint64_t mmf_store_capacity(const mmf_store *store);

/*
 * Fills *out, which need not be initialised. MMF_ERR_ARGUMENT, MMF_ERR_CLOSED or MMF_ERR_IO; all of
 * *out is 0 then.
 */
MMFI_INLINE mmf_status mmf_store_info(const mmf_store *store, mmf_info *out)
{
    /* An inline call, so that the size is the one that the caller was compiled with. */
    return mmfi_store_info(store, out, sizeof *out);
}

/*
 * The schema of the records as this handle has them: the program's, after mmf_store_open_as or the
 * open of a generated store, else the file's. NULL for a closed handle. Owned by the handle.
 */
const mmf_schema *mmf_store_schema(const mmf_store *store);

/*
 * The schema in the file, which may be another version of the program's. NULL for a closed handle.
 * Owned by the handle.
 */
const mmf_schema *mmf_store_file_schema(const mmf_store *store);

/* The path as it was given; NULL for a closed handle. Owned by the handle. */
const char *mmf_store_path(const mmf_store *store);

/*
 * Waits until the store has that row. timeout_ns is in nanoseconds; 0 checks once, UINT64_MAX waits
 * for ever, and so does a negative number, which C converts to centuries: check a time left for
 * being negative.
 *
 * MMF_ERR_TIMEOUT when the time has passed; MMF_ERR_ENDED when the last writer has closed the file,
 * and MMF_ERR_WRITER_DIED when it was killed, also if that was before the call; else as a read.
 *
 * A waiting process sleeps, and the append that makes the row wakes it. For that it stores a word
 * in the shared page of the file, by a mapping of that page alone, which the first wait of a
 * read-only handle makes. A process that may only read the file cannot; it looks again and again
 * instead, after an eighth of the time that it has waited, at least 50 us and at most 2 ms
 * (docs/memory-model.md, Waiting). That a writer was killed is found within 100 ms.
 */
mmf_status mmf_store_wait(const mmf_store *store, uint64_t row, uint64_t timeout_ns);

/*
 * The same without MMF_ERR_ENDED and MMF_ERR_WRITER_DIED: while no writer has the file, it waits
 * for one.
 */
mmf_status mmf_store_wait_through(const mmf_store *store, uint64_t row, uint64_t timeout_ns);

/*
 * Fills *error with a message for a status that a call without mmf_error gave: the path, the field
 * (NULL when it was about none), and the row where the status is about one (MMF_ERR_RANGE,
 * MMF_ERR_BUSY, MMF_ERR_CORRUPT). row is the one of the call, or the first of a range of rows, of
 * which the message says that it ends beyond the last record. Returns status, so `return
 * mmf_store_explain(...)` works.
 */
mmf_status mmf_store_explain(const mmf_store *store, mmf_status status, uint64_t row,
                             const char *field, mmf_error *error);

MMF_END_DECLS

#endif
