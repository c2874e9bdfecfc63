# Ticks as one message of Cap'n Proto. Its structs have no text of a fixed size, so a symbol is
# stored by a pointer.
@0xc4f7a1d5c9c9e3b2;

struct CapnpTick {
  symbol @0 :Text;
  price @1 :Float64;
  volume @2 :Float64;
  timestamp @3 :UInt64;
}

struct CapnpTicks {
  ticks @0 :List(CapnpTick);
}
