// Where the id of the boot cannot be known. Each test begins with a process that has not asked yet.
#include <sys/vfs.h>

#include <cerrno>

#include "core/os/boot_id.h"
#include "core/store/state.h"
#include "tests/support/checksummed_fixture.h"
#include "tests/support/name_spaces.h"
#include "tests/support/refuse.h"

namespace {

class BootIdVerifyTest : public ChecksummedTest {};

} // namespace

namespace {

const char kBootId[] = "/proc/sys/kernel/random/boot_id";

class BootIdTest : public StoreTest {
protected:
    // In a child whose first question for the id fails so: 0, or what was wrong.
    int without_id(int os_error)
    {
        uint64_t id[2] = {9, 9};
        if (!t_while_refused(SYS_openat, os_error, [&id] { mmfi_boot_id(id); }))
            return 77;
        if (id[0] != 0 || id[1] != 0)
            return 1;
        tick_store *writer = create();
        if (writer == nullptr)
            return 2;
        fill(writer, 3);
        tick_store *reader = open();
        mmf_info info;
        if (mmf_store_info(tick_store_base(reader), &info) != MMF_OK || info.live)
            return 3;
        if (info.count != 0) // nothing was synced
            return 4;
        if (tick_store_sync(writer, nullptr) != MMF_OK || tick_store_count(reader) != 3)
            return 5;
        double price = 0;
        if (tick_store_get_price(reader, 2, &price) != MMF_OK || price != t_tick(2).price)
            return 6;
        // Slots are not believed, so a record that is being replaced is not to be had.
        const mmfi_write write =
            mmfi_write_begin(reinterpret_cast<mmf_store *>(writer), 1, TICK_RECORD_SIZE);
        tick_record tick;
        if (write.status != MMF_OK || tick_store_get(reader, 1, &tick) != MMF_ERR_BUSY)
            return 8;
        if (mmfi_write_end(write) != MMF_OK || tick_store_get(reader, 1, &tick) != MMF_OK)
            return 9;
        if (tick_store_close(reader) != MMF_OK || tick_store_close(writer) != MMF_OK)
            return 7;
        unlink(path.c_str());
        return 0;
    }
};

} // namespace

// Where there is none for good. What was last synced is seen, and info says so.
TEST_F(BootIdTest, AStoreWorksByItsCommits)
{
    for (const int os_error : {ENOENT, ENOTDIR, EACCES, EPERM}) {
        const int result = t_in_child([&] { return without_id(os_error); });
        if (result == 77)
            GTEST_SKIP() << "this kernel takes no filter of system calls";
        EXPECT_EQ(result, 0) << strerror(os_error);
    }
}

// Where it cannot be read for now, no store is opened, and the answer is not kept.
TEST_F(BootIdTest, NoStoreIsOpenedUntilItCanBeRead)
{
    for (const long call : {SYS_openat, SYS_read}) {
        const int result = t_in_child([&] {
            tick_store *store = nullptr;
            mmf_status status = MMF_OK;
            if (!t_while_refused(call, EIO, [&] {
                    status = tick_store_create(path.c_str(), nullptr, &store, &error);
                }))
                return 77;
            if (status != MMF_ERR_IO || store != nullptr || error.os_error != EIO ||
                strstr(error.message, "boot_id") == nullptr)
                return 1;
            if (access(path.c_str(), F_OK) == 0)
                return 2;
            tick_store *writer = create();
            mmf_info info;
            if (mmf_store_info(tick_store_base(writer), &info) != MMF_OK || !info.live)
                return 3;
            const mmf_status closed = tick_store_close(writer);
            return unlink(path.c_str()) == 0 && closed == MMF_OK ? 0 : 4;
        });
        if (result == 77)
            GTEST_SKIP() << "this kernel takes no filter of system calls";
        EXPECT_EQ(result, 0);
    }
}

// Whatever a container has in the id's place, on a tmpfs: 32 digits are one, which the file that
// they are in makes the container's own, and anything else is none.
TEST_F(BootIdTest, ATextThatIsNoIdIsNone)
{
    const std::string id = "12345678-9abc-def0-fedc-ba9876543210";
    const struct {
        std::string text;
        bool is_id;
    } texts[] = {
        {id + "\n", true},
        {id, true},
        {id + "5", true},
        {"", false},
        {"none\n", false},
        {id.substr(1) + "\n", false},
        // No call reads on for ever.
        {std::string(100, '-') + id, false},
    };
    for (const auto &each : texts) {
        const int result = t_in_child([&] {
            const std::string file = directory + "/boot_id";
            if (!t_enter_name_spaces().empty() ||
                mount("none", directory.c_str(), "tmpfs", 0, nullptr) != 0)
                return 77;
            std::ofstream(file) << each.text;
            if (mount(file.c_str(), kBootId, nullptr, MS_BIND, nullptr) != 0)
                return 77;
            uint64_t found[2] = {9, 9};
            mmfi_boot_id(found);
            if (!each.is_id)
                return found[0] == 0 && found[1] == 0 ? 0 : 1;
            // Not the text alone, which a script may write at each start.
            if (found[0] == 0x123456789abcdef0 || found[1] == 0xfedcba9876543210)
                return 2;
            return found[0] != 0 && found[1] != 0 ? 0 : 3;
        });
        T_SKIP_WITHOUT_NAME_SPACES(result == 77 ? "a mount in one was refused" : "");
        EXPECT_EQ(result, 0) << "'" << each.text << "'";
    }
}

// On a disk it may be of any boot.
TEST_F(BootIdTest, AnIdOnADiskIsNone)
{
    struct statfs system;
    ASSERT_EQ(statfs(directory.c_str(), &system), 0);
    if (system.f_type == 0x01021994)
        GTEST_SKIP() << "the directory of tests is on a tmpfs, and no other one is known";
    const std::string file = directory + "/boot_id";
    std::ofstream(file) << "12345678-9abc-def0-fedc-ba9876543210\n";
    const int result = t_in_child([&] {
        if (!t_enter_name_spaces().empty() ||
            mount(file.c_str(), kBootId, nullptr, MS_BIND, nullptr) != 0)
            return 77;
        uint64_t found[2] = {9, 9};
        mmfi_boot_id(found);
        return found[0] == 0 && found[1] == 0 ? 0 : 1;
    });
    T_SKIP_WITHOUT_NAME_SPACES(result == 77 ? "a mount in one was refused" : "");
    EXPECT_EQ(result, 0);
    unlink(file.c_str());
}

// Several writers know by the boot's id that the shared page is of the others. Where one does not
// know it, none is let in beside another, and nothing of the other's is set back.
TEST_F(BootIdTest, NoWriterJoinsAnotherWithoutIt)
{
    mmf_options sharing = MMF_OPTIONS_INIT;
    sharing.mode = MMF_READ_WRITE;
    sharing.shared_writers = true;
    // The first writer is one without the id, and then one that has it.
    for (const bool known : {false, true}) {
        const int result = t_in_child([&] {
            uint64_t id[2] = {1, 1};
            tick_store *first = nullptr;
            tick_store *second = nullptr;
            if (!t_while_refused(SYS_openat, ENOENT, [&] { mmfi_boot_id(id); }))
                return 77;
            if (tick_store_create(path.c_str(), &sharing, &first, &error) != MMF_OK)
                return 1;
            fill(first, 3);
            mmfi_live *live = reinterpret_cast<mmf_store *>(first)->state->writer->live;
            if (known)
                live->boot_id[0] = live->boot_id[1] = 5;
            if (tick_store_open(path.c_str(), &sharing, &second, &error) != MMF_ERR_UNSUPPORTED ||
                second != nullptr || strstr(error.message, "boot_id") == nullptr)
                return 2;
            if (live->count != 3 || live->boot_id[0] != (known ? 5u : 0u))
                return 3;
            if (tick_store_close(first) != MMF_OK)
                return 4;
            // Alone it may, and finds what was synced.
            if (tick_store_open(path.c_str(), &sharing, &second, &error) != MMF_OK ||
                tick_store_count(second) != 3)
                return 5;
            const mmf_status closed = tick_store_close(second);
            return unlink(path.c_str()) == 0 && closed == MMF_OK ? 0 : 6;
        });
        if (result == 77)
            GTEST_SKIP() << "this kernel takes no filter of system calls";
        EXPECT_EQ(result, 0) << known;
    }
}

// Where the boot id cannot be read, the before-image of a record being replaced is not used: the
// record is not to be had just now, and that is no damage.
TEST_F(BootIdVerifyTest, ARecordThatIsNotToBeHadIsVerifiedAsBusy)
{
    const int result = t_in_child([&] {
        uint64_t id[2] = {9, 9};
        if (!t_while_refused(SYS_openat, ENOENT, [&] { mmfi_boot_id(id); }))
            return 77;
        checksummed_store *writer = create_checksummed(3);
        if (checksummed_store_sync(writer, &error) != MMF_OK)
            return 1;
        checksummed_store *reader = open_checksummed();
        const mmfi_write write =
            mmfi_write_begin(reinterpret_cast<mmf_store *>(writer), 1, CHECKSUMMED_RECORD_SIZE);
        uint64_t row = 0;
        if (write.status != MMF_OK ||
            checksummed_store_verify(reader, 0, MMF_TO_END, &row, &error) != MMF_ERR_BUSY ||
            row != 1)
            return 2;
        if (strstr(error.message, "row 1") == nullptr ||
            strstr(error.message, "try again") == nullptr)
            return 3;
        if (mmfi_write_end(write) != MMF_OK || checksummed_store_close(reader) != MMF_OK)
            return 4;
        return checksummed_store_close(writer) == MMF_OK ? 0 : 5;
    });
    if (result == 77)
        GTEST_SKIP() << "this kernel takes no filter of system calls";
    EXPECT_EQ(result, 0);
}

TEST(BootId, IsOneForAllCallsOfABoot)
{
    uint64_t first[2];
    uint64_t second[2];
    EXPECT_EQ(mmfi_boot_id_find("x.mmf", nullptr), MMF_OK);
    mmfi_boot_id(first);
    mmfi_boot_id(second);
    EXPECT_EQ(first[0], second[0]);
    EXPECT_EQ(first[1], second[1]);
    const bool known = access("/proc/sys/kernel/random/boot_id", R_OK) == 0;
    EXPECT_EQ((first[0] | first[1]) != 0, known);
}
