// A plugin installs the SIGBUS handler and is unloaded.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace {

constexpr size_t kPage = 4096;
void *missing = nullptr; // a page of a file that has no bytes
volatile sig_atomic_t mended = 0;
struct sigaction plugins = {}; // the handler that the plugin installed

void mend(int)
{
    mended = mended + 1;
    mmap(missing, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

// A handler that came after the plugin's, and passes on what is not its own.
void pass_on(int number, siginfo_t *info, void *context)
{
    plugins.sa_sigaction(number, info, context);
}

void load_install_and_unload()
{
    void *plugin = dlopen("tests/unit/core/store/sigbus_plugin.so", RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(plugin, nullptr) << dlerror();
    using install = int (*)();
    const auto function = reinterpret_cast<install>(dlsym(plugin, "plugin_install"));
    ASSERT_NE(function, nullptr);
    ASSERT_EQ(function(), 0);
    ASSERT_EQ(sigaction(SIGBUS, nullptr, &plugins), 0);
    ASSERT_EQ(plugins.sa_flags & SA_SIGINFO, SA_SIGINFO);
    ASSERT_EQ(dlclose(plugin), 0);
}

char touch()
{
    const volatile char *byte = static_cast<char *>(missing);
    return *byte;
}

} // namespace

TEST(GuardUnloadTest, AFaultOfAnotherStillReachesItsHandler)
{
    const int file = memfd_create("empty", MFD_CLOEXEC);
    ASSERT_GE(file, 0);
    missing = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, file, 0);
    ASSERT_NE(missing, MAP_FAILED);
    ASSERT_NE(signal(SIGBUS, mend), SIG_ERR);
    load_install_and_unload();
    EXPECT_EQ(touch(), 0);
    EXPECT_EQ(mended, 1);

    // Through one that was installed on top of it, too.
    struct sigaction later = {};
    later.sa_sigaction = pass_on;
    later.sa_flags = SA_SIGINFO;
    ASSERT_EQ(sigaction(SIGBUS, &later, nullptr), 0);
    ASSERT_EQ(mmap(missing, kPage, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0), missing);
    EXPECT_EQ(touch(), 0);
    EXPECT_EQ(mended, 2);
    (void)close(file);
}
