/*
 * The bytes before the records, as structs. docs/file-format.md is the specification.
 *
 * Every number is little-endian, and the library runs on little-endian machines only, so a struct
 * here is the bytes themselves. Nothing in a file is trusted before core/format/header.h has
 * checked it.
 */
#ifndef MMAPFORGE_DETAIL_FORMAT_H
#define MMAPFORGE_DETAIL_FORMAT_H

#include "mmapforge/detail/port.h"

#include <stddef.h>

#define MMFI_MAGIC          "MMFG"
#define MMFI_MAGIC_SIZE     4u
#define MMFI_FORMAT_VERSION 3u /* 1 was the Go library's */
#define MMFI_ENDIAN_MARK    0x01020304u

#define MMFI_PAGE_SIZE       4096u
#define MMFI_HEADER_SIZE_MIN 65536u

/* Where the fixed pages begin. */
#define MMFI_SUPERBLOCK_COPIES 2u
#define MMFI_SUPERBLOCK_OFFSET 0u
#define MMFI_COMMIT_COPIES     2u
#define MMFI_COMMIT_OFFSET     (MMFI_SUPERBLOCK_OFFSET + MMFI_SUPERBLOCK_COPIES * MMFI_PAGE_SIZE)
#define MMFI_LIVE_OFFSET       (MMFI_COMMIT_OFFSET + MMFI_COMMIT_COPIES * MMFI_PAGE_SIZE)
#define MMFI_UNDO_OFFSET       (MMFI_LIVE_OFFSET + MMFI_PAGE_SIZE)

#define MMFI_FILE_ID_SIZE  16u
#define MMFI_BOOT_ID_WORDS 2u

/*
 * Undo slots of a new file. The only writer uses the first; of several writers each has its own, so
 * a file that is made for several has as many as there can be, if they take no more than so much.
 */
#define MMFI_UNDO_COUNT       8u
#define MMFI_UNDO_COUNT_MAX   64u
#define MMFI_UNDO_SHARED_SIZE (UINT64_C(1) << 20)
#define MMFI_UNDO_ALIGNMENT   64u

/*
 * The bytes that writers lock: one of the file, which the only writer has alone and several writers
 * share; one of each undo slot, whose lock says that its owner lives; and one for the time that a
 * writer takes to join. No file reaches so far (8 EiB is the end of an off_t, and no file
 * system goes to half of it), so the lock meets no lock that another program takes on content.
 * The bytes from MMFI_LOCK_RESERVED up to MMFI_LOCK_END are for readers and waiters of later
 * versions: a read lock needs no write access, which a page that readers write would.
 */
#define MMFI_LOCK_OFFSET   (UINT64_C(1) << 62)
#define MMFI_LOCK_SLOTS    (MMFI_LOCK_OFFSET + 1)
#define MMFI_LOCK_JOIN     (MMFI_LOCK_SLOTS + MMFI_UNDO_COUNT_MAX)
#define MMFI_LOCK_SIZE     (MMFI_LOCK_JOIN + 1 - MMFI_LOCK_OFFSET) /* bytes from the first on */
#define MMFI_LOCK_RESERVED (MMFI_LOCK_OFFSET + MMFI_LOCK_SIZE)
#define MMFI_LOCK_END      (MMFI_LOCK_OFFSET + 4096)

/* Reserved for a registry of readers. */
#define MMFI_REGISTRY_SIZE 4096u

/*
 * Feature flags. An unknown one refuses reading, or only writing, or nothing at all, depending on
 * which of the three words it is in. Records with checksums have the first two: a writer that does
 * not know of them would leave wrong ones, and a reader would take the attribute in the schema's
 * text for damage.
 */
#define MMFI_FLAG_CHECKSUMS    UINT64_C(1)
#define MMFI_FLAGS_READ_KNOWN  MMFI_FLAG_CHECKSUMS
#define MMFI_FLAGS_WRITE_KNOWN MMFI_FLAG_CHECKSUMS

/*
 * Of the schema's text. A text of a later version uses words that this library does not know. 1 has
 * numbers, bools, string and bytes; 2 enums, structs, arrays, time, decimals, nulls, defaults and
 * attributes of fields.
 */
#define MMFI_LANGUAGE_VERSION 2u

/*
 * A file that belongs to the store: an index, a heap. It is derived or checked, and made anew when
 * it is missing or old. Zero: none. No kind is defined yet.
 */
typedef struct mmfi_companion {
    uint32_t kind;
    uint32_t flags;
    uint8_t id[MMFI_FILE_ID_SIZE]; /* the companion's own; it carries the store's as well */
} mmfi_companion;

#define MMFI_COMPANIONS 8u

/*
 * Pages 0 and 1, the same bytes twice. Written once, before the file has its name. A later version
 * may make it larger, up to a page: its checksum is its last word wherever that is.
 */
typedef struct mmfi_superblock {
    char magic[MMFI_MAGIC_SIZE];
    uint32_t format_version;
    uint32_t endian_mark;
    uint32_t size; /* bytes from magic to crc, both included */
    uint8_t file_id[MMFI_FILE_ID_SIZE];
    uint64_t flags_read;      /* a reader that does not know one of these must not read */
    uint64_t flags_write;     /* a writer that does not know one of these must not write */
    uint64_t flags_ignorable; /* may be ignored by those that do not know them */
    uint64_t layout_hash;
    uint64_t header_size; /* where the records begin */
    uint32_t record_size;
    uint32_t field_count;
    uint64_t schema_offset;
    uint32_t schema_size; /* bytes of canonical text, without a NUL */
    uint32_t schema_crc;
    uint32_t schema_version;
    uint32_t language_version; /* of the schema's text */
    uint32_t commit_size;      /* bytes of a commit slot; of each, only what its own size says */
    uint32_t live_size;        /* bytes of the shared page */
    uint32_t undo_header_size; /* bytes of an undo slot before the before-image */
    uint32_t undo_count;
    uint64_t undo_offset;
    uint64_t undo_stride; /* bytes from one slot to the next */
    uint64_t registry_offset;
    uint64_t registry_size;
    mmfi_companion companions[MMFI_COMPANIONS];
    uint8_t reserved[164]; /* zero */
    uint32_t crc;          /* CRC-32C of the bytes before it */
} mmfi_superblock;

/*
 * Pages 2 and 3, one sector of each. Generation g lies in slot g % 2; the valid one of the higher
 * generation counts. A later version may make it larger, as the superblock.
 */
typedef struct mmfi_commit {
    uint32_t size;  /* bytes from size to crc, both included */
    uint32_t flags; /* MMFI_COMMIT_CLEAN */
    uint64_t generation;
    uint64_t count;     /* records that a completed sync put on the disk */
    uint64_t capacity;  /* records that the file had room for */
    uint64_t first;     /* reserved: the first row that is still kept */
    uint64_t epoch;     /* that records appended after this commit carry; core/format/commit.h */
    uint64_t free_head; /* reserved: of a list of rows that may be used again */
    uint64_t free_count;
    uint64_t index_generation; /* reserved: that companions must have to be up to date */
    uint64_t boot_id[MMFI_BOOT_ID_WORDS];
    uint64_t tail_first;    /* the rows from here to count are proved by their checksum; */
    uint32_t tail_crc;      /* both zero when a sync of its own put them on the disk */
    uint32_t reserved[102]; /* zero */
    uint32_t crc;           /* CRC-32C of the bytes before it */
} mmfi_commit;

/* The last word of a slot's page is its confirmation (core/format/commit.h); a slot ends before. */
#define MMFI_COMMIT_CONFIRMATION (MMFI_PAGE_SIZE - 8u)
#define MMFI_COMMIT_SIZE_MAX     MMFI_COMMIT_CONFIRMATION

/* Of this very slot: what another one left in the page is not a confirmation of it. */
MMFI_INLINE uint64_t mmfi_confirmation_of(uint32_t crc)
{
    return (uint64_t)crc << 32 | (uint32_t)~crc;
}

#define MMFI_GENERATION_MAX (UINT64_MAX / 2) /* no count of syncs gets there */

#define MMFI_COMMIT_CLEAN 1u /* of a close; a later writer that has synced nothing leaves it */

/*
 * Page 4, shared while a writer lives. What one side writes often has a cache line of its own.
 * Valid only while boot_id is that of the machine's present boot: after a power cut the page may
 * hold anything.
 */
typedef struct mmfi_live {
    uint64_t count; /* records published; store (release) after the record is whole */
    uint8_t line0[56];
    uint64_t first; /* reserved: the first row that is still kept */
    uint8_t line1[56];
    uint64_t capacity; /* records that the file is known to have room for */
    uint8_t line2[56];
    uint64_t wake;    /* waiting processes sleep on its low half; + 1 when they are woken */
    uint64_t waiters; /* 1 + the first row that one of them may be waiting for; 0 for none */
    uint8_t line3[48];
    uint64_t writer_epoch; /* counts the writers that opened the file */
    uint64_t writer_pid;   /* of the latest, in its own pid namespace; for messages only */
    uint64_t writer_ended; /* MMFI_ENDED_...: how the last writer ended; 0 if none has said so */
    uint8_t line4[40];
    uint64_t boot_id[MMFI_BOOT_ID_WORDS];
    uint64_t device; /* st_dev and st_ino of the file: the same boot may see another one with */
    uint64_t inode;  /* these very bytes, a copy or a snapshot */
    uint64_t epoch;  /* that appended records carry; 0 after a recovery that did not trust this */
                     /* page until the next sync */
    uint8_t line5[24];
    uint64_t poisoned; /* not 0: a sync failed in this boot */
    uint8_t line6[56];
    uint64_t append_owner; /* of several writers: slot + 1 of the one that appends, 0 for none */
    uint64_t joiner;       /* process id of the one that joins them now; for messages only */
    uint8_t line7[48];
    uint64_t exposed_end; /* rows below it may hold records that readers saw before a recovery */
                          /* dropped them: they are replaced, not overwritten */
    uint8_t line8[56];
    uint64_t replaced; /* not 0: records may have been replaced since the last sync that returned */
    uint8_t line9[56];
    uint8_t reserved[384]; /* zero */
} mmfi_live;

#define MMFI_ENDED_CLOSED 1u
#define MMFI_ENDED_NOT    2u /* it is at work, or was killed */

/*
 * The header of an undo slot; the before-image follows, a record with the sequence that it had. A
 * larger header of a later version begins earlier, so that these are always the 64 bytes before it.
 */
typedef struct mmfi_undo {
    uint64_t row;
    uint64_t sequence;  /* the odd sequence for which the before-image is valid */
    uint64_t epoch;     /* reserved */
    uint32_t image_crc; /* reserved */
    uint32_t flags;     /* reserved */
    uint64_t
        announced_row;  /* of a torn record that is being replaced as a whole; no before-image */
    uint64_t announced; /* and the odd sequence that it has meanwhile; 0 for none */
    uint64_t owner;     /* process id of the writer that has or had the slot; for messages only */
    uint64_t reserved;  /* zero */
} mmfi_undo;

MMFI_STATIC_ASSERT(sizeof(mmfi_companion) == 24, "no padding");
MMFI_STATIC_ASSERT(sizeof(mmfi_superblock) == 512, "a superblock has 512 bytes");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, crc) == 508, "its checksum comes last");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, header_size) == 64, "no padding");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, undo_offset) == 120, "no padding");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, companions) == 152, "no padding");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, reserved) == 344, "no padding");
MMFI_STATIC_ASSERT(sizeof(mmfi_commit) == 512, "a commit slot is one sector");
MMFI_STATIC_ASSERT(offsetof(mmfi_commit, crc) == 508, "its checksum comes last");
MMFI_STATIC_ASSERT(offsetof(mmfi_commit, reserved) == 100, "no padding");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, first) == 64, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, capacity) == 128, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, wake) == 192, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, waiters) == 200, "no padding");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, writer_epoch) == 256, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, boot_id) == 320, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, poisoned) == 384, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, append_owner) == 448, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, exposed_end) == 512, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, replaced) == 576, "one cache line each");
MMFI_STATIC_ASSERT(sizeof(mmfi_live) == 1024, "sixteen cache lines");
MMFI_STATIC_ASSERT(sizeof(mmfi_undo) == 64, "the before-image begins on a cache line");

#endif
