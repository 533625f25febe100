// Bodies of the family `core`: output, input, conversions, questions about values.
#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/runtime/blocking.h"
#include "core/runtime/channel.h"
#include "core/builtins/number_text.h"
#include "core/builtins/standard_input.h"
#include "core/builtins/text_escapes.h"
#include "core/support/utf8.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::Value;

// The displayed arguments, joined by blanks, and a line break. False: raised.
bool append_line(Call& call, vm::StringBuilder& line) {
    for (std::uint32_t i = 0; i < call.count; ++i) {
        if (i > 0) line.append(' ');
        const Value value = call[i];
        if (value.is_string()) {
            line.append(value.as_string()->view());
        } else if (!vm::display(call.vm, value, line)) {
            return false;
        }
    }
    line.append('\n');
    return true;
}

// `file:line:col` of the call.
std::string position_text(Call& call) {
    const vm::SourcePlace place = call.vm.place_of(call.vm.current_position());
    return std::string(place.file) + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

// What `input` and `read_stdin` wait for. Somebody may take any time to type it.
class InputTask final : public runtime::BlockingTask {
  public:
    enum class Amount : std::uint8_t { Line, Rest };

    InputTask(const BuiltinRow& row, Amount amount) : row_(row), amount_(amount) {}
    [[nodiscard]] runtime::Effort effort() const override {
        if (amount_ == Amount::Line && StandardInput::has_line()) return runtime::Effort::Small;
        if (!StandardInput::is_file()) return runtime::Effort::Endless;
        return amount_ == Amount::Line ? runtime::Effort::Small : runtime::Effort::Large;
    }
    void run() override {
        text_ = amount_ == Amount::Line ? StandardInput::read_line(is_abandoned) : StandardInput::read_rest(is_abandoned);
    }
    [[nodiscard]] runtime::Answer answer(vm::Vm&) override {
        if (!text_) return {Value(), false};
        const std::size_t bad = vm::find_invalid_utf8(*text_);
        if (bad == std::string_view::npos) return {vm::make_string(*text_), false};
        return runtime::failure(ErrorKind::Io, std::string(row_.shown_name()) + ": standard input is not UTF-8 at byte " + std::to_string(bad));
    }
    [[nodiscard]] std::string_view name() const override { return row_.name; }

  private:
    const BuiltinRow& row_;
    const Amount amount_;
    std::optional<std::string> text_;
};

Outcome read_input(Call& call, InputTask::Amount amount) {
    return runtime::run_blocking(call, runtime::Form::Suspends, std::make_shared<InputTask>(call.row, amount));
}

Outcome raise_cannot_convert(Call& call) {
    return raise_value_error(call, "cannot convert " + vm::display_for_message(call[0]));
}

// Argument 0 as the text of a whole number.
Outcome done_integer_text(Call& call, int base) {
    Result<std::int64_t> value = read_integer(call.text(0), base);
    if (!value) return raise_value_error(call, value.error().message);
    return call.done(Value::integer(*value));
}

Outcome done_kind_test(Call& call, ValueKind kind) { return call.done(Value::boolean(call[0].is(kind))); }

// Prints what `help` knows of a builtin: the signatures of all rows of its name, then the first one's text.
void append_help(const BuiltinRow& row, std::string& out) {
    for (const BuiltinRow& each : all_builtins()) {
        if (each.name == row.name && each.form != BuiltinForm::Internal)
            out += std::string(each.signature) + "\n";
    }
    out += "\n" + std::string(row.doc) + "\n";
}

std::string user_function_help(const vm::FunctionObject& function) {
    std::string out = "func " + std::string(vm::function_name(&function)) + "(";
    const bytecode::Function& source = *function.code->source;
    for (std::size_t i = 0; i < source.parameters.size(); ++i) {
        const bytecode::Parameter& parameter = source.parameters[i];
        bool is_rest = source.has_rest && i + 1 == source.parameters.size() && i >= source.parameter_count;
        out += std::string(i > 0 ? ", " : "") + (is_rest ? "..." : "") +
               (parameter.name.empty() ? "_" : parameter.name);
        if (parameter.has_default) out += "?";
    }
    return out + ")\n";
}

}  // namespace

namespace bodies {

// ---- Output and input -------------------------------------------------------------------------------------

Outcome print(Call& call) {
    vm::StringBuilder line;
    if (!append_line(call, line)) return Outcome::Raised;
    vm::Output::write(line.view());
    return call.done(Value());
}

Outcome eprint(Call& call) {
    vm::StringBuilder line;
    if (!append_line(call, line)) return Outcome::Raised;
    vm::Output::write_error(line.view());
    return call.done(Value());
}

Outcome debug(Call& call) {
    vm::StringBuilder line;
    line.append(position_text(call));
    line.append(":");
    for (std::uint32_t i = 0; i < call.count; ++i) {
        line.append(' ');
        const Value value = call[i];
        if (!vm::represent(call.vm, value, line)) return Outcome::Raised;
    }
    line.append('\n');
    vm::Output::write_error(line.view());
    return call.done(call.count == 0 ? Value() : call[call.count - 1]);
}

Outcome input(Call& call) {
    vm::Output::write(call.text(0));
    return read_input(call, InputTask::Amount::Line);
}

Outcome read_stdin(Call& call) { return read_input(call, InputTask::Amount::Rest); }

Outcome exit(Call& call) {
    std::int64_t code = call.integer(0);
    if (code < 0 || code > 255)
        return raise_value_error(call, "the code must be 0 to 255, got " + std::to_string(code));
    return call.vm.exit_program(static_cast<int>(code));
}

Outcome help(Call& call) {
    const Value& subject = call[0];
    std::string out;
    if (subject.is_string()) {
        const BuiltinRow* row = find_builtin(call.text(0));
        for (int kind = 0; row == nullptr && kind < kValueKindCount; ++kind) {
            row = find_builtin_method(static_cast<ValueKind>(kind), call.text(0));
        }
        if (row == nullptr)
            return raise_value_error(call, "there is no builtin " + vm::display_for_message(subject));
        append_help(*row, out);
    } else {
        const auto& function = *subject.as<vm::FunctionObject>();
        if (function.builtin != nullptr) {
            append_help(*function.builtin, out);
        } else {
            out = user_function_help(function);
        }
    }
    vm::Output::write(out);
    return call.done(Value());
}

// ---- Questions --------------------------------------------------------------------------------------------

Outcome len(Call& call) {
    const Value& value = call[0];
    switch (value.kind()) {
        case ValueKind::String: return call.done(Value::integer(vm::string_length(value.as_string())));
        case ValueKind::Bytes: return call.done(Value::integer(value.as_string()->size));
        case ValueKind::Array:
            return call.done(Value::integer(static_cast<std::int64_t>(value.as_array()->size)));
        case ValueKind::Dict:
        case ValueKind::Set: return call.done(Value::integer(value.as_dict()->count));
        case ValueKind::Range: {
            std::uint64_t length = vm::range_length(*value.as<vm::RangeObject>());
            if (length > INT64_MAX)
                return call.raise(ErrorKind::Arithmetic, "Integer overflow: the range is too long");
            return call.done(Value::integer(static_cast<std::int64_t>(length)));
        }
        case ValueKind::Channel:
            return call.done(Value::integer(static_cast<std::int64_t>(vm::handle_of<runtime::Channel>(value).length())));
        default: return call.raise_type(0, "string, bytes, array, dict, set or range");
    }
}

Outcome type(Call& call) { return call.done(Value::share(vm::intern(value_kind_name(call[0].kind())))); }

Outcome hash(Call& call) {
    if (!check_key(call, call[0])) return Outcome::Raised;
    return call.done(Value::integer(vm::hash_key(call[0])));
}

Outcome is_main(Call& call) {
    const vm::Code* code = call.vm.image().code(call.vm.current_position().function);
    return call.done(Value::boolean(code->program == 0 && code->source->module == 0));
}

Outcome struct_name(Call& call) { return call.done(Value::share(call[0].as_struct()->info->name)); }

Outcome is_int(Call& call) { return done_kind_test(call, ValueKind::Int); }
Outcome is_float(Call& call) { return done_kind_test(call, ValueKind::Float); }
Outcome is_number(Call& call) { return call.done(Value::boolean(call[0].is_number())); }
Outcome is_string(Call& call) { return done_kind_test(call, ValueKind::String); }
Outcome is_bool(Call& call) { return done_kind_test(call, ValueKind::Bool); }
Outcome is_null(Call& call) { return done_kind_test(call, ValueKind::Null); }
Outcome is_array(Call& call) { return done_kind_test(call, ValueKind::Array); }
Outcome is_dict(Call& call) { return done_kind_test(call, ValueKind::Dict); }
Outcome is_set(Call& call) { return done_kind_test(call, ValueKind::Set); }
Outcome is_function(Call& call) { return done_kind_test(call, ValueKind::Function); }
Outcome is_struct(Call& call) { return done_kind_test(call, ValueKind::Struct); }
Outcome is_error(Call& call) { return done_kind_test(call, ValueKind::Error); }
Outcome is_nan(Call& call) {
    return call.done(Value::boolean(call[0].is_float() && std::isnan(call[0].as_float())));
}
Outcome is_truthy(Call& call) { return call.done(Value::boolean(vm::is_truthy(call[0]))); }

// ---- Conversions ------------------------------------------------------------------------------------------

Outcome to_string(Call& call) {
    if (call[0].is_string()) return call.done(call[0]);
    vm::StringBuilder text;
    const Value value = call[0];
    if (!vm::display(call.vm, value, text)) return Outcome::Raised;
    return done_or_out_of_memory(call, text.take());
}

Outcome repr(Call& call) {
    vm::StringBuilder text;
    const Value value = call[0];
    if (!vm::represent(call.vm, value, text)) return Outcome::Raised;
    return done_or_out_of_memory(call, text.take());
}

Outcome to_int(Call& call) {
    const Value& value = call[0];
    if (value.is_int()) return call.done(value);
    if (value.is_bool()) return call.done(Value::integer(value.as_bool() ? 1 : 0));
    if (value.is_float()) {
        double whole = std::trunc(value.as_float());
        if (!(whole >= -0x1p63 && whole < 0x1p63)) return raise_cannot_convert(call);
        return call.done(Value::integer(static_cast<std::int64_t>(whole)));
    }
    if (!value.is_string()) return call.raise_type(0, "int, float, bool or string");
    return done_integer_text(call, 10);
}

Outcome to_float(Call& call) {
    const Value& value = call[0];
    if (value.is_number()) return call.done(Value::floating(value.as_number()));
    if (value.is_bool()) return call.done(Value::floating(value.as_bool() ? 1 : 0));
    if (!value.is_string()) return call.raise_type(0, "int, float, bool or string");
    return parse_float(call);
}

Outcome to_bool(Call& call) { return is_truthy(call); }

Outcome parse_int(Call& call) {
    std::int64_t base = call.integer(1);
    if (base < 2 || base > 36)
        return raise_value_error(call, "the base must be 2 to 36, got " + std::to_string(base));
    return done_integer_text(call, static_cast<int>(base));
}

Outcome parse_float(Call& call) {
    Result<double> value = read_float(call.text(0));
    if (!value) return raise_value_error(call, value.error().message);
    return call.done(Value::floating(*value));
}

Outcome bytes(Call& call) {
    if (call.is_null(0)) return done_or_out_of_memory(call, vm::make_bytes({}));
    if (call[0].is(ValueKind::Bytes)) return call.done(call[0]);
    if (call[0].is_string()) return done_or_out_of_memory(call, vm::make_bytes(call.text(0)));
    std::string octets;
    ElementCursor cursor(call[0]);
    for (Value element; cursor.next(element);) {
        if (!element.is_int() || element.as_int() < 0 || element.as_int() > 255) {
            return raise_value_error(call,
                                     vm::display_for_message(element) + " is not an int between 0 and 255");
        }
        octets += static_cast<char>(element.as_int());
    }
    return done_or_out_of_memory(call, vm::make_bytes(octets));
}

Outcome to_bytes(Call& call) { return done_or_out_of_memory(call, vm::make_bytes(call.text(0))); }

Outcome from_bytes(Call& call) {
    std::size_t bad = vm::find_invalid_utf8(call.text(0));
    if (bad != std::string_view::npos)
        return raise_value_error(call, "invalid UTF-8 at byte " + std::to_string(bad));
    return call.done_text(call.text(0));
}

Outcome chr(Call& call) {
    std::int64_t code = call.integer(0);
    if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return raise_value_error(call, std::to_string(code) + " is no Unicode character");
    }
    std::string text;
    utf8::append(text, static_cast<char32_t>(code));
    return call.done_text(text);
}

Outcome ord(Call& call) {
    std::uint32_t length = vm::string_length(call[0].as_string());
    if (length != 1) return raise_value_error(call, "expected one character, got " + std::to_string(length));
    return call.done(Value::integer(utf8::decode(call.text(0), 0).code_point));
}

Outcome to_hex(Call& call) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    if (call[0].is_int()) {
        std::int64_t value = call.integer(0);
        std::uint64_t magnitude =
            value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
        do text.insert(text.begin(), kDigits[magnitude & 15]);
        while ((magnitude >>= 4) != 0);
        return call.done_text(value < 0 ? "-" + text : text);
    }
    for (char c : call.text(0)) {
        text += kDigits[static_cast<unsigned char>(c) >> 4];
        text += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return call.done_text(text);
}

Outcome from_hex(Call& call) {
    std::string_view text = call.text(0);
    if (text.size() % 2 != 0) return raise_value_error(call, "the number of digits is odd");
    std::string octets;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        int high = hex_digit_value(text[i]), low = hex_digit_value(text[i + 1]);
        if (high < 0 || low < 0)
            return raise_value_error(call, vm::display_for_message(call[0]) + " is not hexadecimal");
        octets += static_cast<char>(high << 4 | low);
    }
    return done_or_out_of_memory(call, vm::make_bytes(octets));
}

}  // namespace bodies
}  // namespace ruff::builtins
