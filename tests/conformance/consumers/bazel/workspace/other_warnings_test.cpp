// Every call of a store from C++, under warnings that another project may make errors.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "archive/market_store.h"
#include "market_store.h"

int main()
{
    const char *directory = std::getenv("TEST_TMPDIR");
    if (directory == nullptr)
        return 2;
    const std::string path = std::string(directory) + "/closing.mmf";
    closing_store *store = nullptr;
    mmf_options options = MMF_OPTIONS_INIT;
    mmf_error error;
    if (closing_store_create(path.c_str(), &options, &store, &error) != MMF_OK) {
        std::fputs(error.message, stderr);
        return 1;
    }
    closing_record last = {};
    last.day = 20240105;
    last.price = 181.18;
    std::uint64_t row = 0;
    double price = 0;
    mmf_column_float64 prices;
    const bool good = closing_store_append(store, &last, &row) == MMF_OK &&
                      closing_store_set_price(store, row, 181.25) == MMF_OK &&
                      closing_store_get_price(store, row, &price) == MMF_OK && price == 181.25 &&
                      closing_store_column_price(store, 0, MMF_TO_END, &prices) == MMF_OK &&
                      prices.count == 1 && mmf_column_float64_at(prices, 0) == 181.25;
    return closing_store_close(store) == MMF_OK && good ? 0 : 1;
}
