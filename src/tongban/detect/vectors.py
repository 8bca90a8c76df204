"""Sixty-four bytes looked at together: LLVM's vector instructions as functions that compiled loops call.

Imported by compiled twins only; `lanes` has the same questions for plain Python. They read past `i`
without a look at the end of the buffer: the caller keeps 66 bytes. The first byte is the lowest bit, so
they need a little-endian machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

_BYTE = ir.IntType(8)


class Lanes:
    """So many bytes from a place on, and comparisons of them all at once."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any, count: int) -> None:
        self.builder = builder
        self.type = ir.VectorType(_BYTE, count)
        array: Any = arrayobj
        self.data = array.make_array(signature.args[0])(context, builder, args[0]).data
        self.at = context.cast(builder, args[1], signature.args[1], types.intp)

    def bytes(self, offset: int = 0) -> Any:
        """The bytes, from so many after the place on."""
        at = self.builder.add(self.at, ir.Constant(self.at.type, offset))
        place = self.builder.bitcast(self.builder.gep(self.data, [at]), self.type.as_pointer())
        return self.builder.load(place, align=1)

    def all(self, value: int) -> Any:
        """One byte in every lane."""
        return ir.Constant(self.type, [value] * self.type.count)

    def filled(self, value: Any, vector: Any = None) -> Any:
        """A byte (or another number, in a vector of its kind) known only when the code runs, in every lane."""
        vector = vector or self.type
        one = self.builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(
            one,
            ir.Constant(vector, ir.Undefined),
            ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count),
        )

    def same(self, lanes: Any, value: int) -> Any:
        """Which are this byte."""
        return self.builder.icmp_unsigned("==", lanes, self.all(value))

    def between(self, lanes: Any, low: int, high: int) -> Any:
        """Which are from `low` to `high`, both included."""
        return self.builder.icmp_unsigned("<=", self.builder.sub(lanes, self.all(low)), self.all(high - low))

    def any(self, first: Any, *others: Any) -> Any:
        """Which are of at least one kind."""
        for other in others:
            first = self.builder.or_(first, other)
        return first

    def first(self, which: Any) -> Any:
        """The number of the first such lane, as int64; how many there are where there is none."""
        bits = self.builder.bitcast(which, ir.IntType(self.type.count))
        return (
            self.builder.zext(self.builder.cttz(bits, cgutils.false_bit), ir.IntType(64))
            if self.type.count < 64
            else self.builder.cttz(bits, cgutils.false_bit)
        )


def _first(count: int, ask: Callable[[Lanes], Any]) -> Any:
    """A function (buf, i) → the first of `count` bytes for which `ask` says yes."""

    def typed(_context: Any, buf: Any, i: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            lanes = Lanes(context, builder, signature, args, count)
            return lanes.first(ask(lanes))

        return types.int64(buf, i), code

    return intrinsic(typed)


def _mark(lanes: Lanes) -> Any:
    first, second, third = (lanes.bytes(offset) for offset in range(3))
    wide = lanes.builder.and_(lanes.same(first, 0xEF), lanes.same(second, 0xBC))
    wide = lanes.builder.and_(wide, lanes.any(lanes.between(third, 0x90, 0x99), lanes.same(third, 0xA0)))
    return lanes.any(lanes.between(first, 48, 57), lanes.same(first, 64), wide)


def _not_digit(lanes: Lanes) -> Any:
    return lanes.builder.not_(lanes.between(lanes.bytes(), 48, 57))


first_mark: Any = _first(64, _mark)
"""The first digit or @, also full-width, of 64 bytes (66 are read); 64 without one."""
first_not_digit: Any = _first(32, _not_digit)
"""The first of 32 bytes that is no digit; 32 without one."""


def _border(_context: Any, buf: Any, i: Any, delimiter: Any, quote: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = Lanes(context, builder, signature, args, 64)
        here = lanes.bytes()
        given = [
            builder.icmp_unsigned(
                "==", here, lanes.filled(context.cast(builder, args[k], signature.args[k], types.uint8))
            )
            for k in (2, 3)
        ]
        return lanes.first(lanes.any(lanes.same(here, 10), *given))

    return types.int64(buf, i, delimiter, quote), code


RUN = 32
"""Bytes that `take_run` takes over."""


def _take(_context: Any, buf: Any, pos: Any, room: Any, first: Any, second: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        whole = ir.VectorType(ir.IntType(64), RUN)
        lanes = Lanes(context, builder, signature, args, RUN)
        array: Any = arrayobj
        data = array.make_array(signature.args[2])(context, builder, args[2]).data
        places = builder.add(lanes.filled(lanes.at, whole), ir.Constant(whole, list(range(RUN))))
        for which, values in ((3, builder.zext(lanes.bytes(), whole)), (4, places)):
            at = context.cast(builder, args[which], signature.args[which], types.intp)
            builder.store(values, builder.bitcast(builder.gep(data, [at]), whole.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(buf, pos, room, first, second), code


take_run: Any = intrinsic(_take)
"""(buf, pos, room, first, second): RUN bytes from `pos` on into `room`, from `first` on, and where each
stands, from `second` on."""
first_border: Any = intrinsic(_border)
"""(buf, i, delimiter, quote) → the first of them or of the lines' ends in 64 bytes; 64 without one."""
