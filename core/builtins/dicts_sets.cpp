// Bodies of the family `dict_set`. What calls back is in prelude/dict_set.ruff.
#include <charconv>
#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/ordering.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::DictEntry;
using vm::DictObject;
using vm::Outcome;
using vm::SetObject;
using vm::Value;

Outcome out_of_memory(Call& call) { return call.vm.raise_out_of_memory(call.row.name); }

// Calls `visit(entry)` for every entry of the dict or set, in order.
template <typename Visit>
void for_each_entry(const DictObject& dict, Visit visit) {
    for (std::uint32_t i = vm::dict_next(&dict, 0); i < dict.used; i = vm::dict_next(&dict, i + 1))
        visit(dict.entries[i]);
}

Outcome done_pairs(Call& call) {
    const DictObject& dict = *call[0].as_dict();
    ArrayBuilder pairs(dict.count);
    for_each_entry(dict, [&](const DictEntry& entry) {
        ArrayBuilder pair(2);
        pair.push(entry.key);
        pair.push(entry.value);
        pairs.push(pair.take());
    });
    return pairs.done(call);
}

// Puts every entry of `other` into the dict or set in `slot`. False: memory was refused.
bool put_all(Value& slot, const DictObject& other) {
    DictObject* own = vm::unshare_dict(slot);
    bool is_fine = own != nullptr;
    for_each_entry(other, [&](const DictEntry& entry) {
        is_fine = is_fine && vm::dict_set(own, entry.key, entry.value);
    });
    return is_fine;
}

// Takes the entry under argument 1 out of the dict or set in `slot`. Gives whether it was there.
bool remove_argument(Call& call, Value& slot, Value* removed, Outcome& outcome) {
    const Value key = call[1];
    if (!vm::key_refusal(key).empty() || vm::dict_find(slot.as_dict(), key) == nullptr) return false;
    DictObject* own = vm::unshare_dict(slot);
    if (own == nullptr) {
        outcome = out_of_memory(call);
        return false;
    }
    vm::dict_remove(own, key, removed);
    return true;
}

Outcome done_empty_dict(Call& call) { return DictBuilder().done(call); }

// ---- Sets -------------------------------------------------------------------------------------------------

// Adds the elements of `iterable` to the set in `slot`. False: raised.
bool add_elements(Call& call, Value& slot, const Value& iterable) {
    ElementCursor cursor(iterable);
    DictObject* own = vm::unshare_dict(slot);
    bool is_fine = own != nullptr && cursor.has_room_for_each(sizeof(DictEntry));
    for (Value element; is_fine && cursor.next(element);) {
        if (!check_key(call, element)) return false;
        is_fine = vm::dict_set(own, std::move(element), Value());
    }
    if (!is_fine) out_of_memory(call);
    return is_fine;
}

// The elements of argument `argument` as a set: itself if it is one. Null: raised.
Value as_set(Call& call, std::uint32_t argument) {
    if (call[argument].is(ValueKind::Set)) return call[argument];
    SetObject* made = vm::new_set(0);
    if (made == nullptr) {
        out_of_memory(call);
        return Value();
    }
    Value set = Value::adopt(made);
    return add_elements(call, set, call[argument]) ? set : Value();
}

bool has_member(const Value& set, const Value& value) {
    return vm::key_refusal(value).empty() && vm::dict_find(set.as_dict(), value) != nullptr;
}

// The members of argument 0 that are (or are not) in argument 1.
Outcome done_selection(Call& call, bool wants_shared) {
    const Value other = as_set(call, 1);
    if (other.is_null()) return Outcome::Raised;
    SetObject* made = vm::new_set(0);
    bool is_fine = made != nullptr;
    Value holder = is_fine ? Value::adopt(made) : Value();
    if (is_fine) {
        for_each_entry(*call[0].as_dict(), [&](const DictEntry& entry) {
            if (has_member(other, entry.key) == wants_shared)
                is_fine = is_fine && vm::dict_set(made, entry.key, Value());
        });
    }
    return is_fine ? call.done(std::move(holder)) : out_of_memory(call);
}

bool add_arguments(Call& call, Value& slot) {
    for (std::uint32_t i = 1; i < call.count; ++i) {
        if (!check_key(call, call[i])) return false;
    }
    DictObject* own = vm::unshare_dict(slot);
    bool is_fine = own != nullptr;
    for (std::uint32_t i = 1; i < call.count; ++i)
        is_fine = is_fine && vm::dict_set(own, call.take(i), Value());
    if (!is_fine) out_of_memory(call);
    return is_fine;
}

// One step of `deep_get`; null pointer when there is nothing.
const Value* step_into(const Value& value, const Value& key, Value& holder) {
    if (value.is_dict()) {
        if (!vm::key_refusal(key).empty()) return nullptr;
        const Value* found = vm::dict_find(value.as_dict(), key);
        std::int64_t number = 0;
        if (found != nullptr || !key.is_string()) return found;
        std::string_view text = key.as_string()->view();  // a path as text may mean a key that is an int
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size()) return nullptr;
        return vm::dict_find(value.as_dict(), Value::integer(number));
    }
    if (value.is(ValueKind::Struct) && key.is_string()) {
        const vm::StructObject& object = *value.as_struct();
        for (std::size_t i = 0; i < object.info->field_names.size(); ++i) {
            if (object.info->field_names[i]->view() == key.as_string()->view()) return &object.fields()[i];
        }
        return nullptr;
    }
    if (!value.is_array()) return nullptr;
    std::int64_t index = 0;
    if (key.is_int()) {
        index = key.as_int();
    } else if (key.is_string()) {
        std::string_view text = key.as_string()->view();
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
        if (error != std::errc{} || end != text.data() + text.size()) return nullptr;
    } else {
        return nullptr;
    }
    auto size = static_cast<std::int64_t>(value.as_array()->size);
    if (index < 0) index += size;
    if (index < 0 || index >= size) return nullptr;
    holder = value.as_array()->elements[index];
    return &holder;
}

}  // namespace

namespace bodies {

// ---- Dicts ------------------------------------------------------------------------------------------------

Outcome keys(Call& call) {
    ArrayBuilder found(call[0].as_dict()->count);
    for_each_entry(*call[0].as_dict(), [&](const DictEntry& entry) { found.push(entry.key); });
    return found.done(call);
}

Outcome values(Call& call) {
    ArrayBuilder found(call[0].as_dict()->count);
    for_each_entry(*call[0].as_dict(), [&](const DictEntry& entry) { found.push(entry.value); });
    return found.done(call);
}

Outcome items(Call& call) { return done_pairs(call); }
Outcome to_pairs(Call& call) { return done_pairs(call); }

Outcome has_key(Call& call) { return call.done(Value::boolean(has_member(call[0], call[1]))); }

Outcome get(Call& call) {
    const Value* found =
        vm::key_refusal(call[1]).empty() ? vm::dict_find(call[0].as_dict(), call[1]) : nullptr;
    return call.done(found == nullptr ? call[2] : *found);
}

Outcome dict_set_in_place(Call& call) {
    if (!check_key(call, call[1])) return Outcome::Raised;
    DictObject* own = vm::unshare_dict(call.receiver());
    if (own == nullptr || !vm::dict_set(own, call.take(1), call.take(2))) return out_of_memory(call);
    return call.done(call.receiver());
}

Outcome dict_remove(Call& call) {
    Value dict = call.take(0), removed;
    Outcome outcome = Outcome::Done;
    remove_argument(call, dict, &removed, outcome);
    if (outcome != Outcome::Done) return outcome;
    ArrayBuilder pair(2);
    pair.push(std::move(dict));
    pair.push(std::move(removed));
    return pair.done(call);
}

Outcome dict_remove_in_place(Call& call) {
    Value removed;
    Outcome outcome = Outcome::Done;
    remove_argument(call, call.receiver(), &removed, outcome);
    return outcome == Outcome::Done ? call.done(std::move(removed)) : outcome;
}

Outcome dict_clear_in_place(Call& call) {
    Value empty = DictBuilder().take();
    if (empty.is_null()) return out_of_memory(call);
    call.receiver() = empty;
    return call.done(std::move(empty));
}

Outcome dict_update_in_place(Call& call) {
    const Value other = call[1];
    if (!put_all(call.receiver(), *other.as_dict())) return out_of_memory(call);
    return call.done(call.receiver());
}

Outcome dict_get_or_insert(Call& call) {
    if (!check_key(call, call[1])) return Outcome::Raised;
    if (const Value* found = vm::dict_find(call.receiver().as_dict(), call[1])) return call.done(*found);
    DictObject* own = vm::unshare_dict(call.receiver());
    if (own == nullptr || !vm::dict_set(own, call[1], call[2])) return out_of_memory(call);
    return call.done(call.take(2));
}

Outcome merge(Call& call) {
    if (call.count == 0) return done_empty_dict(call);
    Value merged = call.take(0);
    for (std::uint32_t i = 1; i < call.count; ++i) {
        if (!put_all(merged, *call[i].as_dict())) return out_of_memory(call);
    }
    return call.done(std::move(merged));
}

Outcome invert(Call& call) {
    const Value dict = call[0];
    DictBuilder inverted(dict.as_dict()->count);
    bool is_fine = true;
    for_each_entry(*dict.as_dict(), [&](const DictEntry& entry) {
        is_fine = is_fine && check_key(call, entry.value);
        if (is_fine) inverted.set(entry.value, entry.key);
    });
    return is_fine ? inverted.done(call) : Outcome::Raised;
}

Outcome sort_keys(Call& call) {
    const Value dict = call[0];
    ArrayBuilder builder(dict.as_dict()->count);
    for_each_entry(*dict.as_dict(), [&](const DictEntry& entry) { builder.push(entry.key); });
    const Value sorted = builder.take();
    if (sorted.is_null()) return out_of_memory(call);
    if (!sort_values(call, *sorted.as_array())) return Outcome::Raised;
    DictBuilder out(dict.as_dict()->count);
    for (const Value& key : *sorted.as_array()) out.set(key, *vm::dict_find(dict.as_dict(), key));
    return out.done(call);
}

Outcome pick(Call& call) {
    const Value dict = call[0];
    DictBuilder picked;
    ElementCursor cursor(call[1]);
    for (Value key; cursor.next(key);) {
        const Value* found = vm::key_refusal(key).empty() ? vm::dict_find(dict.as_dict(), key) : nullptr;
        if (found != nullptr) picked.set(std::move(key), *found);
    }
    return picked.done(call);
}

Outcome omit(Call& call) {
    Value dict = call.take(0);
    ElementCursor cursor(call[1]);
    for (Value key; cursor.next(key);) {
        if (!has_member(dict, key)) continue;
        DictObject* own = vm::unshare_dict(dict);
        if (own == nullptr) return out_of_memory(call);
        vm::dict_remove(own, key, nullptr);
    }
    return call.done(std::move(dict));
}

Outcome dict(Call& call) { return call.is_null(0) ? done_empty_dict(call) : dict_from_pairs(call, call[0]); }

Outcome deep_get(Call& call) {
    Value current = call[0];
    auto step = [&](const Value& key) {
        Value holder;
        const Value* found = step_into(current, key, holder);
        if (found == nullptr) return false;
        current = Value(*found);
        return true;
    };
    if (call[1].is_array()) {
        for (const Value& key : *call[1].as_array()) {
            if (!step(key)) return call.done(call[2]);
        }
        return call.done(std::move(current));
    }
    std::string_view path = call.text(1);
    for (bool has_more = !path.empty(); has_more;) {
        std::size_t end = path.find('.');
        has_more = end != std::string_view::npos;
        if (!step(vm::make_string(path.substr(0, end)))) return call.done(call[2]);
        if (has_more) path.remove_prefix(end + 1);
    }
    return call.done(std::move(current));
}

// ---- Sets -------------------------------------------------------------------------------------------------

Outcome set(Call& call) {
    if (call.is_null(0)) {
        SetObject* made = vm::new_set(0);
        return made == nullptr ? out_of_memory(call) : call.done(Value::adopt(made));
    }
    Value made = as_set(call, 0);
    return made.is_null() ? Outcome::Raised : call.done(std::move(made));
}

Outcome set_add(Call& call) {
    Value own = call.take(0);
    return add_arguments(call, own) ? call.done(std::move(own)) : Outcome::Raised;
}

Outcome set_add_in_place(Call& call) {
    return add_arguments(call, call.receiver()) ? call.done(call.receiver()) : Outcome::Raised;
}

Outcome set_remove(Call& call) {
    Value own = call.take(0);
    Outcome outcome = Outcome::Done;
    remove_argument(call, own, nullptr, outcome);
    return outcome == Outcome::Done ? call.done(std::move(own)) : outcome;
}

Outcome set_remove_in_place(Call& call) {
    Outcome outcome = Outcome::Done;
    bool was_there = remove_argument(call, call.receiver(), nullptr, outcome);
    return outcome == Outcome::Done ? call.done(Value::boolean(was_there)) : outcome;
}

Outcome set_clear_in_place(Call& call) {
    SetObject* made = vm::new_set(0);
    if (made == nullptr) return out_of_memory(call);
    Value empty = Value::adopt(made);
    call.receiver() = empty;
    return call.done(std::move(empty));
}

Outcome set_has(Call& call) { return call.done(Value::boolean(has_member(call[0], call[1]))); }
Outcome set_has_method(Call& call) { return set_has(call); }

Outcome set_union(Call& call) {
    Value own = call.take(0);
    const Value other = call[1];
    return add_elements(call, own, other) ? call.done(std::move(own)) : Outcome::Raised;
}

Outcome set_intersect(Call& call) { return done_selection(call, true); }
Outcome set_difference(Call& call) { return done_selection(call, false); }
Outcome set_union_method(Call& call) { return set_union(call); }
Outcome set_intersect_method(Call& call) { return set_intersect(call); }
Outcome set_difference_method(Call& call) { return set_difference(call); }

Outcome set_to_array(Call& call) { return keys(call); }

Outcome set_is_subset(Call& call) {
    const Value other = as_set(call, 1);
    if (other.is_null()) return Outcome::Raised;
    bool is_subset = true;
    for_each_entry(*call[0].as_dict(),
                   [&](const DictEntry& entry) { is_subset = is_subset && has_member(other, entry.key); });
    return call.done(Value::boolean(is_subset));
}

}  // namespace bodies
}  // namespace ruff::builtins
