import tick_store

with tick_store.open("ticks.mmf") as store:
    print(len(store), store[-1].price, store.max("price"))
    for tick in store.follow(start=0, timeout=1.0):  # each tick as it is appended; ends after a second without one
        print(tick.timestamp, tick.symbol, tick.price)
