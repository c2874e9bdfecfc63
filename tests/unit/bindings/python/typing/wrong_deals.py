"""A program with a mistake in each line, over the types that deals.py uses; as wrong.py."""

import deal_store

deals = deal_store.open("deals.mmf")
deals[0].fee + 1  # Unsupported operand types for + ("None" and "int")  [operator]
deals[0].levels[0].prise  # "Level" has no attribute "prise"  [attr-defined]
deals.append(side=1.5)  # Argument "side" to "append" of "DealStore" has incompatible type "float"; expected "Union[Side, int, str]"  [arg-type]
deals.set_fee(0, 0.1)  # Argument 2 to "set_fee" of "DealStore" has incompatible type "float"; expected "Union[Decimal, int, str, None]"  [arg-type]
deals.set_day(0, None)  # Argument 2 to "set_day" of "DealStore" has incompatible type "None"; expected "Union[date, int]"  [arg-type]
deal_store.Side.Hold  # "Type[Side]" has no attribute "Hold"  [attr-defined]
deal_store.Level(1, 2, deal_store.Side.Buy)  # Argument 1 to "Level" has incompatible type "int"; expected "Decimal"  [arg-type]
