"""A program with a mistake in each line; the comment is the message of mypy 1.0.1 for it."""

import tick_store

ticks = tick_store.open("ticks.mmf")
ticks[0].prise  # "Tick" has no attribute "prise"; maybe "price"?  [attr-defined]
ticks[0].symbol + 1  # Unsupported operand types for + ("str" and "int")  [operator]
ticks.append(symbol=b"AAPL")  # Argument "symbol" to "append" of "TickStore" has incompatible type "bytes"; expected "str"  [arg-type]
ticks.append(prise=1.0)  # Unexpected keyword argument "prise" for "append" of "TickStore"; did you mean "price"?  [call-arg]
ticks.set(price=1.0)  # Too few arguments for "set" of "TickStore"  [call-arg]
ticks.set_price(0, "1.0")  # Argument 2 to "set_price" of "TickStore" has incompatible type "str"; expected "float"  [arg-type]
ticks.set_prise(0, 1.0)  # "TickStore" has no attribute "set_prise"; maybe "set_price" or "get_price"?  [attr-defined]
number: int = ticks.get_price(0)  # Incompatible types in assignment (expression has type "float", variable has type "int")  [assignment]
tick_store.Tick("AAPL", 1.0, 2.0)  # Missing positional argument "timestamp" in call to "Tick"  [call-arg]
tick_store.open()  # Missing positional argument "path" in call to "open"  [call-arg]
tick_store.open("ticks.mmf", 0)  # Argument 2 to "open" has incompatible type "int"; expected "str"  [arg-type]
tick_store.create("ticks.mmf", size=1)  # Unexpected keyword argument "size" for "create"  [call-arg]
tick_store.TickStores  # Module has no attribute "TickStores"; maybe "TickStore"?  [attr-defined]
