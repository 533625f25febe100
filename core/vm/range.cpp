#include "core/vm/range.h"

#include "core/vm/drivers.h"
#include "core/vm/hash.h"
#include "core/vm/heap.h"

namespace ruff::vm {

Value make_range(std::int64_t start, std::int64_t end, std::int64_t step, bool is_inclusive) {
    auto* range = static_cast<RangeObject*>(current_heap().allocate(sizeof(RangeObject)));
    range->head = {1, ValueKind::Range, static_cast<std::uint8_t>(is_inclusive ? kRangeInclusive : 0), 0};
    range->start = start;
    range->end = end;
    range->step = step;
    return Value::adopt(range);
}

std::uint64_t range_length(const RangeObject& range) {
    const bool is_inclusive = (range.head.flags & kRangeInclusive) != 0;
    const bool is_rising = range.step > 0;
    if (is_rising ? range.start > range.end : range.start < range.end) return 0;
    const auto from = static_cast<std::uint64_t>(range.start), to = static_cast<std::uint64_t>(range.end);
    const std::uint64_t distance = is_rising ? to - from : from - to;
    const std::uint64_t step = is_rising ? static_cast<std::uint64_t>(range.step) : -static_cast<std::uint64_t>(range.step);
    const std::uint64_t whole_steps = distance / step;
    if (!is_inclusive) return whole_steps + (distance % step != 0);
    return whole_steps == UINT64_MAX ? UINT64_MAX : whole_steps + 1;
}

bool range_contains(const RangeObject& range, std::int64_t value) {
    const bool is_inclusive = (range.head.flags & kRangeInclusive) != 0;
    const bool is_rising = range.step > 0;
    if (is_rising ? value < range.start || value > range.end : value > range.start || value < range.end) return false;
    if (value == range.end && !is_inclusive) return false;
    const auto from = static_cast<std::uint64_t>(range.start), at = static_cast<std::uint64_t>(value);
    const std::uint64_t step = is_rising ? static_cast<std::uint64_t>(range.step) : -static_cast<std::uint64_t>(range.step);
    return (is_rising ? at - from : from - at) % step == 0;
}

Value range_slice(const RangeObject& range, std::uint64_t begin, std::uint64_t end) {
    if (begin == end) return make_range(range.start, range.start, range.step);
    if (end == range_length(range)) {
        return make_range(range_at(range, begin), range.end, range.step, (range.head.flags & kRangeInclusive) != 0);
    }
    return make_range(range_at(range, begin), range_at(range, end), range.step);
}

namespace hooks {

bool truthy_Range(const Value& value) { return range_length(*value.as<RangeObject>()) != 0; }

bool display_Range(const Value& value, Cursor&, DisplayDriver& out) {
    const auto* range = value.as<RangeObject>();
    const bool is_plain = range->step == 1;
    if (!is_plain) out.text("range(");
    append_int(out.out, range->start);
    out.text(!is_plain ? ", " : (range->head.flags & kRangeInclusive) != 0 ? "..=" : "..");
    append_int(out.out, range->end);
    if (is_plain) return true;
    out.text(", ");
    append_int(out.out, range->step);
    out.text(")");
    return true;
}

// By their members: 0..3 is 0..=2, and all empty ranges are equal.
bool equals_Range(const Value& a, const Value& b, Cursor&, EqualityDriver& driver) {
    const auto& left = *a.as<RangeObject>();
    const auto& right = *b.as<RangeObject>();
    const std::uint64_t length = range_length(left);
    if (length != range_length(right)) return driver.unequal();
    if (length == 0) return true;
    const bool is_same = left.start == right.start && (length == 1 || left.step == right.step);
    return is_same ? true : driver.unequal();
}
RUFF_UNORDERED(Range)
bool hash_Range(const Value& key, Cursor& at, HashDriver&) {
    const auto& range = *key.as<RangeObject>();
    const std::uint64_t length = range_length(range);
    at.state = hash_word(length + 0x9ae16a3b);
    if (length > 0) at.state = hash_combine(at.state, hash_word(static_cast<std::uint64_t>(range.start)));
    if (length > 1) at.state = hash_combine(at.state, hash_word(static_cast<std::uint64_t>(range.step)));
    return true;
}
RUFF_KEYS_BY_CONTENT(Range)
Sendable sendable_Range() { return Sendable::Copy; }
void children_Range(Object*, ValueVisitor&) {}
void free_Range(Object* object) { current_heap().deallocate(object, sizeof(RangeObject)); }

}  // namespace hooks
}  // namespace ruff::vm
