// Bodies of the family `errors`: making errors, assertions, results and options.
#include <cmath>
#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Truth;
using vm::Value;

// Raises kind "assertion" with the program's own message (argument `message`), or with ours.
Outcome fail(Call& call, std::uint32_t message, const std::string& words) {
    std::string text;
    if (call.is_null(message)) {
        text = std::string(call.row.shown_name()) + ": " + words;
    } else if (!append_display(call, Value(call[message]), text)) {
        return Outcome::Raised;
    }
    return call.vm.raise(ErrorKind::Assertion, text);
}

// For a condition that was found: null, the failure, or what was raised while looking.
template <typename Words>
Outcome check(Call& call, Truth holds, std::uint32_t message, Words words) {
    if (holds == Truth::Raised) return Outcome::Raised;
    return holds == Truth::True ? call.done(Value()) : fail(call, message, words());
}

std::string shown(const Value& value) { return vm::display_for_message(value); }

vm::VariantObject& variant(const Value& value) { return *value.as<vm::VariantObject>(); }

// Ok or Some: the first variants of their types.
bool is_good(const Value& value) { return variant(value).info->index == 0; }

const Value& payload(const Value& value) { return variant(value).payload()[0]; }

}  // namespace

namespace bodies {

Outcome error(Call& call) {
    Value made = vm::make_error(ErrorKind::Thrown, call.text(0));
    if (call.is_null(1)) return call.done(std::move(made));
    auto& object = *made.as<vm::ErrorObject>();
    DictBuilder extra;
    bool has_extra = false;
    const vm::DictObject& options = *call[1].as_dict();
    for (std::uint32_t i = vm::dict_next(&options, 0); i < options.used; i = vm::dict_next(&options, i + 1)) {
        const vm::DictEntry& entry = options.entries[i];
        std::string_view name = entry.key.is_string() ? entry.key.as_string()->view() : std::string_view();
        if (name == "kind" && entry.value.is_string()) {
            object.kind = vm::error_kind_named(entry.value.as_string()->view());
            if (vm::error_kind_name(object.kind) == entry.value.as_string()->view()) continue;
            extra.set(entry.key, entry.value);  // a kind of the program's own
            has_extra = true;
        } else if (name == "hint" && (entry.value.is_string() || entry.value.is_null())) {
            object.hint = entry.value;
        } else if (name == "cause" && (entry.value.is(ValueKind::Error) || entry.value.is_null())) {
            object.cause = entry.value;
        } else if (name == "errors" && entry.value.is_array()) {
            object.errors = entry.value;
        } else if (name == "suppressed" && entry.value.is_array()) {
            object.suppressed = entry.value;
        } else if (name == "kind" || name == "hint" || name == "cause") {
            std::string expected = name == "cause" ? "error" : "string";
            return call.raise(ErrorKind::Type, "error: option `" + std::string(name) + "` expects " +
                                                   expected + ", got " +
                                                   std::string(value_kind_name(entry.value.kind())));
        } else {
            extra.set(entry.key, entry.value);
            has_extra = true;
        }
    }
    if (has_extra) object.extra = extra.take();
    return call.done(std::move(made));
}

// ---- Assertions -------------------------------------------------------------------------------------------

Outcome assert_condition(Call& call) {
    if (vm::is_truthy(call[0])) return call.done(Value());
    if (!call.is_null(1)) return fail(call, 1, "");
    return call.vm.raise(ErrorKind::Assertion, "Assertion failed");
}

Outcome assert_equal(Call& call) {
    return check(call, vm::equals(call.vm, Value(call[0]), Value(call[1])), 2,
                 [&] { return "expected " + shown(call[1]) + ", got " + shown(call[0]); });
}

Outcome assert_not_equal(Call& call) {
    Truth equal = vm::equals(call.vm, Value(call[0]), Value(call[1]));
    Truth differs = equal == Truth::Raised ? Truth::Raised : vm::truth_of(equal == Truth::False);
    return check(call, differs, 2, [&] { return "both are " + shown(call[0]); });
}

Outcome assert_true(Call& call) {
    bool holds = call[0].is_bool() && call[0].as_bool();
    return check(call, vm::truth_of(holds), 1, [&] { return "expected true, got " + shown(call[0]); });
}

Outcome assert_false(Call& call) {
    bool holds = call[0].is_bool() && !call[0].as_bool();
    return check(call, vm::truth_of(holds), 1, [&] { return "expected false, got " + shown(call[0]); });
}

Outcome assert_contains(Call& call) {
    return check(call, vm::contains(call.vm, Value(call[0]), Value(call[1])), 2,
                 [&] { return shown(call[0]) + " does not contain " + shown(call[1]); });
}

Outcome assert_near(Call& call) {
    double distance = std::fabs(call.number(0) - call.number(1));
    bool is_same = call.number(0) == call.number(1);  // infinities
    if (is_same || distance <= call.number(2)) return call.done(Value());
    return call.vm.raise(ErrorKind::Assertion, "assert_near: expected " + shown(call[1]) + " within " +
                                                   shown(call[2]) + ", got " + shown(call[0]));
}

Outcome raise_error(Call& call) { return call.vm.raise(vm::error_kind_named(call.text(0)), call.text(1)); }

// ---- Results and options ----------------------------------------------------------------------------------

Outcome is_ok(Call& call) { return call.done(Value::boolean(is_good(call[0]))); }
Outcome is_err(Call& call) { return call.done(Value::boolean(!is_good(call[0]))); }
Outcome is_some(Call& call) { return call.done(Value::boolean(is_good(call[0]))); }
Outcome is_none(Call& call) { return call.done(Value::boolean(!is_good(call[0]))); }

Outcome unwrap(Call& call) {
    if (is_good(call[0])) return call.done(payload(call[0]));
    return call.raise(ErrorKind::Value, "unwrap on " + shown(call[0]));
}

Outcome unwrap_or(Call& call) { return call.done(is_good(call[0]) ? payload(call[0]) : call[1]); }

Outcome expect(Call& call) {
    if (is_good(call[0])) return call.done(payload(call[0]));
    std::string message(call.text(1));
    if (call[0].is(ValueKind::Result)) {
        const Value held = payload(call[0]);
        message += ": ";
        if (!append_display(call, held, message)) return Outcome::Raised;
    }
    return call.raise(ErrorKind::Value, message);
}

Outcome ok(Call& call) {
    return call.done(is_good(call[0]) ? vm::make_some(payload(call[0])) : vm::make_none());
}

Outcome ok_or(Call& call) {
    return call.done(is_good(call[0]) ? vm::make_ok(payload(call[0])) : vm::make_err(call[1]));
}

}  // namespace bodies
}  // namespace ruff::builtins
