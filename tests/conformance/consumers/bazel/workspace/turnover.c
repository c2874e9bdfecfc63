/* Sums over a window of rows, without copying a record. */
#include "turnover.h"

double turnover(const trade_store *trades)
{
    trade_rows rows;
    if (trade_store_rows(trades, 0, MMF_TO_END, &rows) != MMF_OK)
        return 0;
    double sum = 0;
    for (uint64_t i = 0; i < trade_rows_count(rows); i++)
        sum += trade_rows_price(rows, i) * trade_rows_size(rows, i);
    return sum;
}
