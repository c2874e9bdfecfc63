/* Makes a store, appends to it, reads it back, and ends with 0 if every value is what was written.
 */
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tick_store.h"

namespace {

struct closer {
    void operator()(tick_store *store) const noexcept
    {
        (void)tick_store_close(store);
    }
};
using store_handle = std::unique_ptr<tick_store, closer>;

constexpr std::array prices{189.5, 190.25, 188.0};

void must(mmf_status status)
{
    if (status != MMF_OK)
        throw std::runtime_error(mmf_status_text(status));
}

store_handle create(const std::string &path)
{
    tick_store *store = nullptr;
    mmf_error error;
    if (tick_store_create(path.c_str(), nullptr, &store, &error) != MMF_OK)
        throw std::runtime_error(error.message);
    return store_handle{store};
}

store_handle open(const std::string &path)
{
    tick_store *store = nullptr;
    mmf_error error;
    if (tick_store_open(path.c_str(), nullptr, &store, &error) != MMF_OK)
        throw std::runtime_error(error.message);
    return store_handle{store};
}

void write_all(const std::string &path)
{
    const store_handle store = create(path);
    for (std::uint64_t timestamp = 1000; const double price : prices) {
        tick_record tick{};
        tick.price = price;
        tick.timestamp = timestamp++;
        must(tick_record_set_symbol(&tick, "AAPL"));
        std::uint64_t row = 0;
        must(tick_store_append(store.get(), &tick, &row));
    }
}

std::size_t count_as_written(const std::string &path)
{
    const store_handle store = open(path);
    std::size_t good = 0;
    for (std::uint64_t row = 0; row < tick_store_count(store.get()); row++) {
        tick_record tick;
        must(tick_store_get(store.get(), row, &tick));
        const std::string_view symbol{tick.symbol, tick.symbol_length};
        good += symbol == "AAPL" && tick.price == prices.at(row) && tick.timestamp == 1000 + row;
    }
    return good;
}

} // namespace

int main(int count, char **arguments)
{
    try {
        if (count != 2)
            throw std::runtime_error("usage: recorder NEW-FILE");
        write_all(arguments[1]);
        if (count_as_written(arguments[1]) != prices.size())
            throw std::runtime_error("the file does not have what was written");
        std::printf("%zu rows are as written\n", prices.size());
        return 0;
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "recorder: %s\n", problem.what());
        return 1;
    }
}
