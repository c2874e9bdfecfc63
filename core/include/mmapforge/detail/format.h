/*
 * The bytes before the records, as structs: core/FORMAT.md is the specification, this its C form.
 *
 * Every number is little-endian, and the library runs on little-endian machines only, so a struct
 * here is the bytes themselves. Nothing in a file is believed before core/format/header.h has
 * checked it.
 */
#ifndef MMF_DETAIL_FORMAT_H
#define MMF_DETAIL_FORMAT_H

#include "mmapforge/detail/port.h"

#include <stddef.h>

#define MMFI_MAGIC          "MMFG"
#define MMFI_MAGIC_SIZE     4u
#define MMFI_FORMAT_VERSION 2u /* 1 was the Go library's */
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
 */
#define MMFI_LOCK_OFFSET (UINT64_C(1) << 62)
#define MMFI_LOCK_SLOTS  (MMFI_LOCK_OFFSET + 1)
#define MMFI_LOCK_JOIN   (MMFI_LOCK_SLOTS + MMFI_UNDO_COUNT_MAX)
#define MMFI_LOCK_SIZE   (MMFI_LOCK_JOIN + 1 - MMFI_LOCK_OFFSET) /* bytes from the first on */

/* Reserved for a registry of readers. */
#define MMFI_REGISTRY_SIZE 4096u

/*
 * Feature flags. An unknown one refuses reading, or only writing. Records with checksums have both:
 * a writer that does not know of them would leave wrong ones, and a reader would take the
 * attribute in the schema's text for damage.
 */
#define MMFI_FLAG_CHECKSUMS    1u
#define MMFI_FLAGS_READ_KNOWN  MMFI_FLAG_CHECKSUMS
#define MMFI_FLAGS_WRITE_KNOWN MMFI_FLAG_CHECKSUMS

/* Pages 0 and 1, the same bytes twice. Written once, before the file has its name. */
typedef struct mmfi_superblock {
    char magic[MMFI_MAGIC_SIZE];
    uint32_t format_version;
    uint32_t endian_mark;
    uint32_t size; /* bytes of this struct */
    uint8_t file_id[MMFI_FILE_ID_SIZE];
    uint64_t layout_hash;
    uint32_t record_size;
    uint32_t schema_version;
    uint64_t header_size; /* where the records begin */
    uint32_t field_count;
    uint32_t flags_read;  /* a reader that does not know one of these must not read */
    uint32_t flags_write; /* a writer that does not know one of these must not write */
    uint32_t undo_count;
    uint64_t undo_offset;
    uint64_t undo_stride; /* bytes from one slot to the next */
    uint64_t registry_offset;
    uint64_t registry_size;
    uint64_t schema_offset;
    uint32_t schema_size; /* bytes of canonical text, without a NUL */
    uint32_t schema_crc;
    uint8_t reserved[132]; /* zero */
    uint32_t crc;          /* CRC-32C of the bytes before it */
} mmfi_superblock;

/* Pages 2 and 3. Generation g lies in slot g % 2; the valid one of the higher generation counts. */
typedef struct mmfi_commit {
    uint64_t generation;
    uint64_t count;    /* records that a completed sync put on the disk */
    uint64_t capacity; /* records that the file had room for */
    uint32_t flags;    /* MMFI_COMMIT_CLEAN */
    uint32_t reserved0;
    uint64_t boot_id[MMFI_BOOT_ID_WORDS];
    uint32_t reserved1[3];
    uint32_t crc; /* CRC-32C of the bytes before it */
} mmfi_commit;

#define MMFI_GENERATION_MAX (UINT64_MAX / 2) /* no count of syncs gets there */

#define MMFI_COMMIT_CLEAN 1u /* of a close; a later writer that has synced nothing leaves it */

/*
 * Page 4, shared while a writer lives. What one side writes often has a cache line of its own.
 * Believed only while boot_id names the boot that the machine is in: after a power cut the page may
 * hold anything.
 */
typedef struct mmfi_live {
    uint64_t count; /* records published; store (release) after the record is whole */
    uint8_t line0[56];
    uint64_t capacity; /* records that the file is known to have room for */
    uint8_t line1[56];
    uint32_t wake; /* reserved for a futex of waiters */
    uint8_t line2[60];
    uint64_t writer_epoch; /* counts the writers that opened the file */
    uint64_t writer_pid;   /* of the latest, in its own pid namespace; for messages only */
    uint64_t boot_id[MMFI_BOOT_ID_WORDS];
    uint8_t line3[32];
    uint64_t poisoned; /* not 0: a sync failed in this boot */
    uint8_t line4[56];
    uint64_t append_owner; /* of several writers: slot + 1 of the one that appends, 0 for none */
    uint8_t line5[56];
} mmfi_live;

/* The header of an undo slot; the record's image follows, with the sequence that it had. */
typedef struct mmfi_undo {
    uint64_t owner; /* reserved */
    uint64_t row;
    uint64_t sequence;    /* the odd sequence that the record has while the image is the truth */
    uint64_t reserved[5]; /* zero */
} mmfi_undo;

MMFI_STATIC_ASSERT(sizeof(mmfi_superblock) == 256, "a superblock has 256 bytes");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, crc) == 252, "its checksum comes last");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, header_size) == 48, "no padding");
MMFI_STATIC_ASSERT(offsetof(mmfi_superblock, reserved) == 120, "no padding");
MMFI_STATIC_ASSERT(sizeof(mmfi_commit) == 64, "a commit slot has 64 bytes");
MMFI_STATIC_ASSERT(offsetof(mmfi_commit, crc) == 60, "its checksum comes last");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, capacity) == 64, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, wake) == 128, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, writer_epoch) == 192, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, poisoned) == 256, "one cache line each");
MMFI_STATIC_ASSERT(offsetof(mmfi_live, append_owner) == 320, "one cache line each");
MMFI_STATIC_ASSERT(sizeof(mmfi_live) == 384, "six cache lines");
MMFI_STATIC_ASSERT(sizeof(mmfi_undo) == 64, "the image begins on a cache line");

#endif
