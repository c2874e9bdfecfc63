/* The fake file, what core asks of lower layers, and the calls that the generator writes. */
#include "tests/robustness/model/fake_store.h"

#include "core/format/recover.h"
#include "core/os/boot_id.h"
#include "core/os/futex.h"
#include "core/os/lock.h"
#include "core/os/space.h"
#include "core/os/sync_file.h"
#include "core/store/adapt.h"
#include "core/store/explain.h"
#include "core/store/link.h"
#include "core/store/read.h"
#include "core/store/reserve.h"
#include "core/store/sigbus.h"
#include "core/store/strategy.h"
#include "core/store/wait.h"

#include <errno.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#define HEADER_SIZE MMFI_HEADER_SIZE_MIN
#define FILE_MAX    (HEADER_SIZE + 131072u)

static const uint64_t boot_now[MMFI_BOOT_ID_WORDS] = {111, 222};

static _Alignas(MMFI_PAGE_SIZE) unsigned char memory[FILE_MAX];
static fake_handle_memory remembered[FAKE_HANDLES_MAX];

/* The kernel's locks: 0 is free. A lock hands on all that its last holder did. */
#define LOCK_JOIN MMFI_UNDO_COUNT
static uint64_t locks[MMFI_UNDO_COUNT + 1];
static uint64_t file_size; /* the kernel's; no more ordered than a relaxed word */

static mmfi_layout layout = {
    .header_size = HEADER_SIZE,
    .record_size = FAKE_RECORD_SIZE,
    .undo_offset = MMFI_UNDO_OFFSET,
    .undo_stride = 128,
    .undo_count = 1,
};

typedef struct handle {
    mmf_store store;
    mmfi_state state;
    mmfi_writer writer;
    bool holds[MMFI_UNDO_COUNT + 1]; /* of the locks */
    mmf_store front;                 /* a program's of another version of the schema */
    mmfi_adapter adapter;
    uint64_t image[FAKE_RECORD_SIZE / 8];
} handle;

MMFI_STATIC_ASSERT(sizeof(handle) <= FAKE_HANDLE_SIZE, "a handle fits its memory");

fake_handle_memory fake_handles[FAKE_HANDLES_MAX];
static bool sync_fails;
static bool waiting;
static bool no_membarrier;

/* Every full fence is an update of the one; the other counts calls that wake, under their lock. */
static uint64_t fences;
static uint64_t wakes;

static handle *handle_at(size_t index)
{
    return (handle *)(void *)&fake_handles[index];
}

unsigned char *fake_record_at(uint64_t row)
{
    return memory + HEADER_SIZE + row * FAKE_RECORD_SIZE;
}

unsigned char *fake_undo(void)
{
    return memory + MMFI_UNDO_OFFSET;
}

unsigned char *fake_live(void)
{
    return memory + MMFI_LIVE_OFFSET;
}

static void put(unsigned char *to, uint64_t value)
{
    memcpy(to, &value, sizeof value);
}

void fake_make(fake_options options)
{
    memset(memory, 0, sizeof memory);
    memset(fake_handles, 0, sizeof fake_handles);
    memset(locks, 0, sizeof locks);
    layout.undo_count = options.undo_count != 0 ? options.undo_count : 1;
    const uint64_t capacity = options.capacity != 0 ? options.capacity : FAKE_ROWS_MAX;
    sync_fails = options.sync_fails;
    waiting = options.waiting;
    no_membarrier = options.no_membarrier;
    fences = wakes = 0;
    file_size = HEADER_SIZE + capacity * FAKE_RECORD_SIZE;
    for (uint64_t row = 0; row < options.count; row++) {
        put(fake_record_at(row), MMFI_SEQUENCE_FIRST);
        put(fake_record_at(row) + FAKE_A, 1);
        put(fake_record_at(row) + FAKE_B, 1);
    }
    for (uint64_t row = 0; row < options.torn; row++) {
        put(fake_record_at(row), MMFI_SEQUENCE_FIRST + 1);
        put(fake_record_at(row) + FAKE_B, 0);
    }
    /* The rubbish of another boot has a count that the file does not have. */
    const uint64_t rubbish = options.other_boot ? 3 : 0;
    put(fake_live() + offsetof(mmfi_live, count),
        options.count + (options.unsynced != 0 ? 0 : rubbish));
    put(fake_live() + offsetof(mmfi_live, capacity), capacity);
    put(fake_live() + offsetof(mmfi_live, boot_id), boot_now[0] + rubbish);
    put(fake_live() + offsetof(mmfi_live, boot_id) + 8, boot_now[1] + rubbish);
    mmfi_commit_write(memory, 1, options.count - options.unsynced, capacity, false);
}

/* ---- Names ---- */

static const char *name_of_live(size_t offset)
{
    switch (offset) {
    case offsetof(mmfi_live, count):
        return "live.count";
    case offsetof(mmfi_live, capacity):
        return "live.capacity";
    case offsetof(mmfi_live, boot_id):
        return "live.boot_id[0]";
    case offsetof(mmfi_live, boot_id) + 8:
        return "live.boot_id[1]";
    case offsetof(mmfi_live, append_owner):
        return "live.append_owner";
    case offsetof(mmfi_live, wake):
        return "live.wake";
    case offsetof(mmfi_live, waiters):
        return "live.waiters";
    case offsetof(mmfi_live, poisoned):
        return "live.poisoned";
    case offsetof(mmfi_live, replaced):
        return "live.replaced";
    default:
        return "live";
    }
}

static const char *const words[] = {"sequence", "a", "b"};

static const char *name_of_slot_word(size_t offset)
{
    switch (offset) {
    case offsetof(mmfi_undo, row):
        return "row";
    case offsetof(mmfi_undo, sequence):
        return "sequence";
    case offsetof(mmfi_undo, announced_row):
        return "announced_row";
    case offsetof(mmfi_undo, announced):
        return "announced";
    default:
        return "owner";
    }
}

static void name_of_undo(size_t offset, char *name, size_t size)
{
    const size_t slot = offset / layout.undo_stride;
    const size_t within = offset % layout.undo_stride;
    if (within >= sizeof(mmfi_undo))
        snprintf(name, size, "undo[%zu].image.%s", slot, words[(within - sizeof(mmfi_undo)) / 8]);
    else
        snprintf(name, size, "undo[%zu].%s", slot, name_of_slot_word(within));
}

bool fake_is_constant(const void *address)
{
    const unsigned char *at = (const unsigned char *)address;
    if (at == fake_live() + offsetof(mmfi_live, device) ||
        at == fake_live() + offsetof(mmfi_live, inode))
        return true;
    if (!waiting && (at == fake_live() + offsetof(mmfi_live, wake) ||
                     at == fake_live() + offsetof(mmfi_live, waiters)))
        return true;
    if (at < memory + MMFI_COMMIT_OFFSET || at >= memory + MMFI_LIVE_OFFSET)
        return false;
    switch ((size_t)(at - memory) % MMFI_PAGE_SIZE & ~(size_t)7) {
    case offsetof(mmfi_commit, size):
    case offsetof(mmfi_commit, generation):
    case offsetof(mmfi_commit, count):
    case offsetof(mmfi_commit, capacity):
    case offsetof(mmfi_commit, epoch):
    case offsetof(mmfi_commit, boot_id):
    case offsetof(mmfi_commit, boot_id) + 8:
    case offsetof(mmfi_commit, crc) - 4:
    case MMFI_COMMIT_CONFIRMATION:
        return false;
    default:
        return true;
    }
}

const char *fake_name(const void *address)
{
    static char name[40];
    const unsigned char *at = (const unsigned char *)address;
    for (size_t i = 0; i < FAKE_HANDLES_MAX; i++)
        if (address == &handle_at(i)->store.row_bound) {
            snprintf(name, sizeof name, "handle[%zu].row_bound", i);
            return name;
        }
    if (address == &file_size)
        return "file size";
    if (address == &fences)
        return "fences";
    if (address == &wakes)
        return "wakes";
    for (size_t i = 0; i <= LOCK_JOIN; i++)
        if (address == &locks[i]) {
            snprintf(name, sizeof name, i == LOCK_JOIN ? "lock to join" : "lock of slot %zu", i);
            return name;
        }
    if (at < memory || at >= memory + sizeof memory)
        return NULL;
    const size_t offset = (size_t)(at - memory);
    if (offset >= HEADER_SIZE)
        snprintf(name, sizeof name, "record[%zu].%s", (offset - HEADER_SIZE) / FAKE_RECORD_SIZE,
                 words[(offset - HEADER_SIZE) % FAKE_RECORD_SIZE / 8]);
    else if (offset >= MMFI_UNDO_OFFSET)
        name_of_undo(offset - MMFI_UNDO_OFFSET, name, sizeof name);
    else if (offset >= MMFI_LIVE_OFFSET)
        return name_of_live(offset - MMFI_LIVE_OFFSET);
    else
        return "commit";
    return name;
}

/* ---- The kernel, as far as core asks it ---- */

mmf_status mmfi_file_size(const mmfi_file *file, uint64_t *out, mmf_error *error)
{
    (void)file, (void)error;
    *out = mmfi_load64(&file_size);
    return MMF_OK;
}

mmf_status mmfi_file_grow(const mmfi_file *file, uint64_t size, mmf_error *error)
{
    (void)file, (void)error;
    if (size > FILE_MAX)
        return MMF_ERR_NO_SPACE;
    mmfi_store64(&file_size, size);
    return MMF_OK;
}

mmf_status mmfi_file_sync(const mmfi_file *file, mmf_error *error)
{
    (void)file, (void)error;
    return sync_fails ? MMF_ERR_IO : MMF_OK;
}

/* Here no file is truncated. */
mmf_status mmfi_say_missing_pages(const mmfi_state *state, mmf_error *error)
{
    (void)error;
    return mmfi_pages_status(state);
}

/* Here no page is large. */
uint64_t mmfi_map_collapse(const mmfi_map *map, uint64_t first, uint64_t end)
{
    (void)map, (void)end;
    return first;
}

/* Here a file keeps its name. */
mmf_status mmfi_link_check(mmfi_state *state, mmf_error *error)
{
    (void)state, (void)error;
    return MMF_OK;
}

mmf_status mmfi_link_say(const mmfi_state *state, mmf_status status, mmf_error *error)
{
    (void)state, (void)error;
    return status;
}

/* Here every file fits the mapping. */
uint64_t mmfi_store_extend(const mmf_store *store, uint64_t rows)
{
    (void)rows;
    return mmfi_layout_rows(&store->state->layout, store->state->map.size);
}

/* Only opening, which is not of the model, asks for these. */
mmf_status mmfi_file_lock(mmfi_file *file, mmf_error *error)
{
    (void)file, (void)error;
    return MMF_OK;
}

mmf_status mmfi_file_lock_shared(mmfi_file *file, mmf_error *error)
{
    (void)file, (void)error;
    return MMF_OK;
}

bool mmfi_file_is_locked(const mmfi_file *file)
{
    (void)file;
    return true;
}

static handle *handle_of(const mmfi_file *file)
{
    return (handle *)(void *)(uintptr_t)((const unsigned char *)file - offsetof(handle, state) -
                                         offsetof(mmfi_state, file));
}

static bool lock(handle *taker, size_t which)
{
    uint64_t expected = 0;
    if (!taker->holds[which])
        taker->holds[which] = model_compare_exchange(&locks[which], &expected, 1, MODEL_ACQ_REL);
    return taker->holds[which];
}

static void unlock(handle *holder, size_t which)
{
    if (holder->holds[which])
        model_store(&locks[which], 0, MODEL_RELEASE);
    holder->holds[which] = false;
}

bool mmfi_file_is_shared(const mmfi_file *file)
{
    (void)file;
    return true;
}

bool mmfi_file_slot_is_locked(const mmfi_file *file, uint32_t slot)
{
    (void)file, (void)slot;
    return true;
}

mmf_status mmfi_file_write(const mmfi_file *file, uint64_t offset, const void *buffer, size_t size,
                           mmf_error *error)
{
    (void)file, (void)offset, (void)buffer, (void)size, (void)error;
    return MMF_OK; /* words for messages, which no call goes by */
}

mmf_status mmfi_file_read(const mmfi_file *file, uint64_t offset, void *buffer, size_t size,
                          mmf_error *error)
{
    (void)file, (void)offset, (void)error;
    memset(buffer, 0, size);
    return MMF_OK;
}

bool mmfi_file_lock_slot(const mmfi_file *file, uint32_t slot)
{
    return lock(handle_of(file), slot);
}

void mmfi_file_unlock_slot(const mmfi_file *file, uint32_t slot)
{
    unlock(handle_of(file), slot);
}

mmf_status mmfi_file_lock_join(const mmfi_file *file, mmf_error *error)
{
    (void)error;
    return lock(handle_of(file), LOCK_JOIN) ? MMF_OK : MMF_ERR_LOCKED;
}

void mmfi_file_unlock_join(const mmfi_file *file)
{
    unlock(handle_of(file), LOCK_JOIN);
}

bool mmfi_file_next_hole(const mmfi_file *file, uint64_t from, mmfi_file_hole *out)
{
    (void)file, (void)from, (void)out;
    return false;
}

mmf_status mmfi_file_fill_holes(const mmfi_file *file, uint64_t end, bool others, mmf_error *error)
{
    (void)file, (void)end, (void)others, (void)error;
    return MMF_OK;
}

mmf_status mmfi_file_own_blocks(const mmfi_file *file, void *header, size_t header_size,
                                mmf_error *error)
{
    (void)file, (void)header, (void)header_size, (void)error;
    return MMF_OK;
}

void fake_free_locks(unsigned index)
{
    for (size_t i = 0; i <= LOCK_JOIN; i++)
        unlock(handle_at(index), i);
}

void mmfi_boot_id(uint64_t out[MMFI_BOOT_ID_WORDS])
{
    memcpy(out, boot_now, sizeof boot_now);
}

uint64_t mmfi_layout_rows(const mmfi_layout *of, uint64_t size)
{
    return size < of->header_size ? 0 : (size - of->header_size) / of->record_size;
}

uint64_t fake_backed_rows(void)
{
    return mmfi_layout_rows(&layout, mmfi_load64(&file_size));
}

uint32_t mmfi_undo_count_for(uint64_t stride, bool shared_writers)
{
    (void)stride, (void)shared_writers;
    return layout.undo_count;
}

/* ---- Sleeping: the kernel's lock orders the calls ---- */

static void fence(model_order order)
{
    if (order == MODEL_RELAXED)
        return;
    model_fence(MODEL_ACQ_REL);
    (void)model_fetch_add(&fences, 1, MODEL_ACQ_REL);
    model_fence(MODEL_ACQ_REL);
}

/* One writer: that its fences are ordered among each other is the order of its program. */
void fake_fence_light(model_order order)
{
    if (waiting && !no_membarrier)
        fence(order);
}

void fake_fence_full(model_order order)
{
    if (waiting)
        fence(order);
}

bool mmfi_fence_others(void)
{
    static model_site site = {"mmfi_fence_others", "fence heavy", "", 0, false};
    fence(model_site_is_weakened(&site) ? MODEL_RELAXED : MODEL_ACQ_REL);
    return !no_membarrier;
}

static unsigned sleeps_as;

void fake_sleeps_as(unsigned observed)
{
    sleeps_as = observed;
}

bool fake_is_asleep(uint64_t observed)
{
    return observed != 0 && model_final(&wakes) == observed - 1;
}

int mmfi_futex_wait(const uint64_t *word, uint32_t expected, uint64_t timeout_ns)
{
    (void)timeout_ns;
    const uint64_t before = model_fetch_add(&wakes, 0, MODEL_ACQ_REL);
    if ((uint32_t)model_load(word, MODEL_RELAXED) != expected)
        return EAGAIN;
    if (model_load(&wakes, MODEL_ACQUIRE) != before)
        return 0;
    model_observe(sleeps_as, before + 1);
    model_give_up();
}

void mmfi_futex_wake(const uint64_t *word)
{
    (void)word;
    (void)model_fetch_add(&wakes, 1, MODEL_ACQ_REL);
}

/* The page is there from the start. */
int mmfi_file_reopen_to_write(const mmfi_file *file)
{
    (void)file;
    return -1;
}

unsigned char *mmfi_map_page_open(int fd, uint64_t offset, uint64_t *first, uint64_t *size)
{
    (void)fd, (void)offset, (void)first, (void)size;
    return NULL;
}

void mmfi_guard_add_page(mmf_store *store, unsigned char *page, uint64_t size, uint64_t offset)
{
    (void)store, (void)page, (void)size, (void)offset;
}

void mmfi_file_unlock(mmfi_file *file)
{
    (void)file;
}

/* ---- Waiting: as long as the program has patience, and every attempt asks who lives ---- */

bool mmfi_wait_next(mmfi_wait *wait)
{
    wait->attempts++;
    model_pause();
    return true;
}

bool mmfi_wait_asks(const mmfi_wait *wait)
{
    (void)wait;
    return true;
}

uint64_t mmfi_now_ns(void)
{
    return 0;
}

/* ---- Handles ---- */

mmfi_writer mmfi_writer_none = {0, 0, 0, NULL, NULL, MMFI_LAST_NOTHING, 0};
static const mmfi_live live_frozen = {.count = UINT64_MAX};
const mmf_store mmfi_no_store = {.writer = &mmfi_writer_none, .live = &live_frozen};

bool mmfi_state_is_inherited(const mmfi_state *state)
{
    (void)state;
    return false;
}

const mmf_schema *mmf_store_schema(const mmf_store *store)
{
    (void)store;
    return NULL;
}

mmf_status mmfi_obstacle_say(const mmfi_state *state, mmf_error *error)
{
    (void)state, (void)error;
    return MMF_ERR_BUSY;
}

mmf_status mmfi_fail_no_store(const char *call, mmf_error *error)
{
    (void)call, (void)error;
    return MMF_ERR_ARGUMENT;
}

mmf_status mmf_store_explain(const mmf_store *store, mmf_status status, uint64_t row,
                             const char *field, mmf_error *error)
{
    (void)store, (void)row, (void)field, (void)error;
    return status;
}

/* What open and attach of core/store/open.c do, over private parts only. */
static handle *open_handle(unsigned index)
{
    handle *opened = handle_at(index);
    opened->state.map.base = memory;
    opened->state.map.size = FILE_MAX;
    opened->state.wake_page = (uint64_t)(uintptr_t)fake_live();
    opened->state.layout = layout;
    opened->state.rows_written = UINT64_MAX;
    opened->state.rows_to_hole = UINT64_MAX;
    opened->state.writer = NULL;
    opened->state.adapter = NULL;
    opened->state.pid = getpid();
    opened->state.rows_written = UINT64_MAX;
    opened->state.proven = UINT64_MAX;
    opened->state.failed = false;
    opened->state.rows_written = UINT64_MAX;
    opened->state.strategy = &mmfi_one_writer;
    memset(opened->holds, 0, sizeof opened->holds);
    opened->store.records = fake_record_at(0);
    opened->store.writer = &mmfi_writer_none;
    opened->store.state = &opened->state;
    return opened;
}

static mmf_store *attach(handle *opened)
{
    opened->store.live = mmfi_live_is_trusted(memory, &layout)
                             ? (const mmfi_live *)(const void *)fake_live()
                             : &live_frozen;
    (void)mmfi_count_slow(&opened->store);
    return &opened->store;
}

mmf_store *fake_open_reader(unsigned index)
{
    return attach(open_handle(index));
}

/* The program has b before a, the file a before b. */
static mmf_schema program_schema;
static mmf_field fields[FAKE_WORDS];
static unsigned char program_defaults[FAKE_RECORD_SIZE];
static _Alignas(
    mmfi_pairs) unsigned char pairs_memory[sizeof(mmfi_pairs) + FAKE_WORDS * sizeof(mmfi_pair)];

static mmfi_pairs *make_pairs(void)
{
    mmfi_pairs *pairs = (mmfi_pairs *)(void *)pairs_memory;
    pairs->count = FAKE_WORDS;
    for (uint32_t i = 0; i < FAKE_WORDS; i++) {
        fields[i].type = MMF_TYPE_UINT64;
        fields[i].size = 8;
        fields[i].offset = FAKE_A + 8 * i;
        pairs->list[i].mine = &fields[i];
        pairs->list[FAKE_WORDS - 1 - i].theirs = &fields[i];
    }
    program_schema.record_size = FAKE_RECORD_SIZE;
    return pairs;
}

mmf_store *fake_open_adapted(unsigned index)
{
    handle *opened = open_handle(index);
    mmf_store *real = attach(opened);
    opened->adapter.schema = &program_schema;
    opened->adapter.pairs = make_pairs();
    opened->adapter.defaults = program_defaults;
    opened->adapter.real = real;
    opened->adapter.front = &opened->front;
    opened->state.adapter = &opened->adapter;
    opened->front.records = real->records;
    opened->front.writer = &mmfi_writer_none;
    opened->front.live = &live_frozen;
    opened->front.state = &opened->state;
    return &opened->front;
}

mmf_status fake_open_writer(unsigned index, mmf_store **out)
{
    handle *opened = open_handle(index);
    mmfi_recovery found;
    uint64_t size = 0;
    (void)mmfi_file_size(&opened->state.file, &size, NULL);
    opened->state.file_size = size;
    const mmf_status status = mmfi_recover(memory, &layout, size, "fake", &found, NULL);
    if (status != MMF_OK)
        return status;
    opened->state.generation = found.generation;
    opened->writer.count = found.count;
    /* As after the first replacement, which asks and changes nothing that others look at. */
    opened->writer.settable = found.count;
    opened->state.committed = found.committed;
    opened->state.tail_first = found.committed;
    opened->state.tail_free = true;
    opened->state.replaced = true;
    opened->state.confirmed = false;
    opened->state.two_syncs = true;
    opened->writer.undo = fake_undo();
    opened->writer.live = (mmfi_live *)(void *)fake_live();
    opened->state.writer = &opened->writer;
    opened->state.room = found.capacity;
    (void)mmfi_one_writer.append_begin(&opened->state, 0);
    opened->store.writer = &opened->writer;
    *out = attach(opened);
    return MMF_OK;
}

mmf_status fake_open_shared(unsigned index, mmf_store **out)
{
    handle *opened = open_handle(index);
    opened->state.strategy = &mmfi_several_writers;
    opened->writer =
        (mmfi_writer){0, 0, 0, NULL, (mmfi_live *)(void *)fake_live(), MMFI_LAST_NOTHING, 0};
    opened->state.writer = &opened->writer;
    const mmf_status status = mmfi_several_writers.attach(&opened->state, &opened->store, NULL);
    if (status == MMF_OK)
        *out = attach(opened);
    return status;
}

void fake_remember(void)
{
    memcpy(remembered, fake_handles, sizeof remembered);
}

mmf_store *fake_handle_again(unsigned index)
{
    memcpy(&fake_handles[index], &remembered[index], sizeof remembered[index]);
    return fake_handle(index);
}

mmf_store *fake_handle(unsigned index)
{
    return &handle_at(index)->store;
}

/* ---- What generated code does ---- */

mmf_status fake_append(mmf_store *store, uint64_t version, uint64_t *row)
{
    const mmfi_append append = mmfi_append_begin(store, FAKE_RECORD_SIZE);
    if (append.status != MMF_OK)
        return append.status;
    mmfi_save_uint64(append.record, FAKE_A, version);
    mmfi_save_uint64(append.record, FAKE_B, version);
    return mmfi_append_end(append, row);
}

mmf_status fake_set(mmf_store *store, uint64_t row, uint64_t version)
{
    const mmfi_write write = mmfi_write_begin(store, row, FAKE_RECORD_SIZE);
    if (write.status != MMF_OK)
        return write.status;
    mmfi_save_uint64(write.record, FAKE_A, version);
    mmfi_save_uint64(write.record, FAKE_B, version);
    return mmfi_write_end(write);
}

static void load_record(const unsigned char *record, fake_record *out)
{
    out->a = mmfi_load_uint64(record, FAKE_A);
    out->b = mmfi_load_uint64(record, FAKE_B);
}

/* Of the program, whose fields are in another order. */
static void load_adapted(const unsigned char *record, fake_record *out)
{
    out->a = mmfi_load_uint64(record, FAKE_B);
    out->b = mmfi_load_uint64(record, FAKE_A);
}

/* a says whether b has a value; what is null is not looked at. */
static void load_nullable(const unsigned char *record, fake_record *out)
{
    out->a = mmfi_load_uint64(record, FAKE_A);
    out->b = out->a != 0 ? mmfi_load_uint64(record, FAKE_B) : 0;
}

static mmf_status read_slowly(mmfi_slow_read *slow,
                              void (*load)(const unsigned char *, fake_record *), fake_record *out)
{
    if (!mmfi_slow_read_next(slow)) {
        if (slow->status == MMF_ERR_BUSY)
            model_give_up();
        return slow->status;
    }
    load(slow->record, out);
    slow->attempts = UINT32_MAX; /* no third attempt */
    if (mmfi_slow_read_next(slow))
        return MMF_ERR_CORRUPT;
    if (slow->status == MMF_ERR_BUSY)
        model_give_up();
    return slow->status;
}

mmf_status fake_get(const mmf_store *store, uint64_t row, fake_record *out)
{
    const mmfi_read read = mmfi_read_begin(store, row, FAKE_RECORD_SIZE, true);
    if (read.sequence != 0) {
        load_record(read.record, out);
        if (mmfi_read_end(read))
            return MMF_OK;
        model_give_up();
    }
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, true);
    return read_slowly(&slow, load_record, out);
}

mmf_status fake_get_adapted(const mmf_store *store, uint64_t row, fake_record *out)
{
    const mmfi_read read = mmfi_read_begin(store, row, FAKE_RECORD_SIZE, true);
    if (read.sequence != 0)
        return MMF_ERR_ARGUMENT; /* it is not for such a handle */
    mmfi_slow_read slow =
        mmfi_slow_read_begin_into(store, row, true, handle_of(&store->state->file)->image);
    return read_slowly(&slow, load_adapted, out);
}

mmf_status fake_get_nullable(const mmf_store *store, uint64_t row, fake_record *out)
{
    const mmfi_read read = mmfi_read_begin(store, row, FAKE_RECORD_SIZE, true);
    if (read.sequence != 0) {
        load_nullable(read.record, out);
        if (mmfi_read_end(read))
            return MMF_OK;
        model_give_up();
    }
    mmfi_slow_read slow = mmfi_slow_read_begin(store, row, true);
    return read_slowly(&slow, load_nullable, out);
}

mmf_status fake_set_nullable(mmf_store *store, uint64_t row, uint64_t version)
{
    const mmfi_write write = mmfi_write_begin_of(store, row, FAKE_RECORD_SIZE, MMFI_PART);
    if (write.status != MMF_OK)
        return write.status;
    mmfi_save_uint64(write.record, FAKE_A, version);
    mmfi_save_uint64(write.record, FAKE_B, version);
    return mmfi_write_end(write);
}
