// Bodies of JSON and base64 (family `text_formats`).
#include <cmath>
#include <string>
#include <vector>

#include "core/builtins/base64.h"
#include "core/builtins/bodies.h"
#include "core/builtins/elements.h"
#include "core/builtins/json_text.h"
#include "core/support/escape.h"
#include "core/vm/operations.h"
#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::builtins {
namespace {

using vm::Call;
using vm::ErrorKind;
using vm::Outcome;
using vm::StringBuilder;
using vm::Value;

// ---- Reading ----------------------------------------------------------------------------------------------

// Builds values from the events of a document.
class ValueSink final : public JsonSink {
  public:
    void null() override { put(Value()); }
    void boolean(bool value) override { put(Value::boolean(value)); }
    void integer(std::int64_t value) override { put(Value::integer(value)); }
    void floating(double value) override { put(Value::floating(value)); }
    void string(std::string_view text) override { put(made(vm::make_string(text))); }
    void begin_array() override { open_.emplace_back().container = container(vm::new_array(0)); }
    void end_array() override { close(); }
    void begin_object() override { open_.emplace_back().container = container(vm::new_dict(0)); }
    void key(std::string_view text) override { open_.back().key = made(vm::make_string(text)); }
    void end_object() override { close(); }

    [[nodiscard]] bool is_refused() const { return is_refused_; }
    [[nodiscard]] Value take() { return std::move(result_); }

  private:
    struct Open {
        Value container;
        Value key;
    };

    void put(Value value) {
        if (is_refused_) return;
        if (open_.empty()) {
            result_ = std::move(value);
            return;
        }
        Open& open = open_.back();
        is_refused_ = open.container.is_array()
                          ? !vm::array_push(open.container.as_array(), std::move(value))
                          : !vm::dict_set(open.container.as_dict(), std::move(open.key), std::move(value));
    }

    void close() {
        Value closed = std::move(open_.back().container);
        open_.pop_back();
        put(std::move(closed));
    }

    Value made(Value value) {
        is_refused_ |= value.is_null();
        return value;
    }

    template <typename Container>
    Value container(Container* made) {
        is_refused_ |= made == nullptr;
        return made == nullptr ? Value() : Value::adopt(made);
    }

    std::vector<Open> open_;
    Value result_;
    bool is_refused_ = false;
};

// ---- Writing ----------------------------------------------------------------------------------------------

constexpr std::size_t kMaxJsonSize = std::size_t{512} << 20;

// Writes a value with a stack of open containers instead of recursion, so that depth is limited by memory
// only.
class JsonWriter {
  public:
    JsonWriter(Call& call, std::size_t indent, bool is_pretty)
        : call_(call), indent_(indent), is_pretty_(is_pretty) {}

    // False: raised.
    bool write(const Value& value) {
        if (!begin(value)) return false;
        while (!open_.empty()) {
            // A value that shares its parts can have far more paths than memory holds.
            if (out_.size() > kMaxJsonSize) return call_.vm.raise_out_of_memory("JSON text") == Outcome::Done;
            Open& open = open_.back();
            const Value* key = nullptr;
            const Value* next = advance(open, key);
            if (next == nullptr) {
                close();
                continue;
            }
            separate(open);
            if (key != nullptr && !write_key(*key)) return false;
            const Value element = *next;
            if (!begin(element)) return false;
        }
        return true;
    }

    [[nodiscard]] const std::string& text() const { return out_; }

  private:
    struct Open {
        Value container;
        std::size_t next = 0;
        bool has_elements = false;
        bool is_object = false;
    };

    // Writes a plain value, or opens a container.
    bool begin(const Value& value) {
        switch (value.kind()) {
            case ValueKind::Null: out_ += "null"; return true;
            case ValueKind::Bool: out_ += value.as_bool() ? "true" : "false"; return true;
            case ValueKind::Int: out_ += std::to_string(value.as_int()); return true;
            case ValueKind::Float: return write_float(value.as_float());
            case ValueKind::String: append_json_string(out_, value.as_string()->view()); return true;
            case ValueKind::Array:
            case ValueKind::Set:
            case ValueKind::Range: return open(value, false);
            case ValueKind::Dict:
            case ValueKind::Struct: return open(value, true);
            default: return refuse(value);
        }
    }

    bool open(const Value& value, bool is_object) {
        if (value.is(ValueKind::Range) && vm::range_length(*value.as<vm::RangeObject>()) > kLongestRange)
            return refuse(value);
        out_ += is_object ? '{' : '[';
        open_.push_back({value, 0, false, is_object});
        return true;
    }

    // The next element of the container (and its key), or null pointer at its end. Range elements live in
    // `scratch_`.
    const Value* advance(Open& open, const Value*& key) {
        const Value& container = open.container;
        switch (container.kind()) {
            case ValueKind::Array:
                return open.next < container.as_array()->size ? &container.as_array()->elements[open.next++]
                                                              : nullptr;
            case ValueKind::Range: {
                const auto& range = *container.as<vm::RangeObject>();
                if (open.next >= vm::range_length(range)) return nullptr;
                scratch_ = Value::integer(vm::range_at(range, open.next++));
                return &scratch_;
            }
            case ValueKind::Struct: {
                const vm::StructObject& object = *container.as_struct();
                if (open.next >= object.field_count()) return nullptr;
                scratch_ = Value::share(object.info->field_names[open.next]);
                key = &scratch_;
                return &object.fields()[open.next++];
            }
            default: break;
        }
        const vm::DictObject& dict = *container.as_dict();
        open.next = vm::dict_next(&dict, static_cast<std::uint32_t>(open.next));
        if (open.next >= dict.used) return nullptr;
        const vm::DictEntry& entry = dict.entries[open.next++];
        if (!open.is_object) return &entry.key;
        key = &entry.key;
        return &entry.value;
    }

    void separate(Open& open) {
        if (open.has_elements) out_ += ',';
        open.has_elements = true;
        break_line(open_.size());
    }

    void close() {
        Open open = std::move(open_.back());
        open_.pop_back();
        if (open.has_elements) break_line(open_.size());
        out_ += open.is_object ? '}' : ']';
    }

    void break_line(std::size_t depth) {
        if (!is_pretty_) return;
        out_ += '\n';
        out_.append(depth * indent_, ' ');
    }

    // Keys are text; numbers and bools become it.
    bool write_key(const Value& key) {
        if (key.is_string()) {
            append_json_string(out_, key.as_string()->view());
        } else if (key.is_number() || key.is_bool()) {
            append_json_string(out_, vm::display_for_message(key));
        } else {
            call_.raise(ErrorKind::Value, std::string(call_.row.shown_name()) + ": a key of kind " +
                                              std::string(value_kind_name(key.kind())) +
                                              " cannot be written as JSON");
            return false;
        }
        out_ += is_pretty_ ? ": " : ":";
        return true;
    }

    bool write_float(double value) {
        if (!std::isfinite(value)) return refuse(Value::floating(value));
        append_json_float(out_, value);
        return true;
    }

    bool refuse(const Value& value) {
        call_.raise(ErrorKind::Value, std::string(call_.row.shown_name()) + ": cannot write " +
                                          vm::display_for_message(value) + " as JSON");
        return false;
    }

    static constexpr std::uint64_t kLongestRange = 100'000'000;

    Call& call_;
    std::size_t indent_;
    bool is_pretty_;
    std::string out_;
    std::vector<Open> open_;
    Value scratch_;
};

Outcome write_json(Call& call, std::size_t indent, bool is_pretty) {
    JsonWriter writer(call, indent, is_pretty);
    const Value value = call[0];
    return writer.write(value) ? call.done_text(writer.text()) : Outcome::Raised;
}

}  // namespace

namespace bodies {

Outcome parse_json(Call& call) {
    std::string_view text = call.text(0);
    std::size_t bad = call[0].is_string() ? std::string_view::npos : vm::find_invalid_utf8(text);
    if (bad != std::string_view::npos)
        return raise_value_error(call, "invalid UTF-8 at byte " + std::to_string(bad));
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    ValueSink sink;
    Result<void> result = read_json(text, sink);
    if (sink.is_refused()) return call.vm.raise_out_of_memory("parse_json");
    return result ? call.done(sink.take()) : raise_value_error(call, result.error().message);
}

Outcome to_json(Call& call) {
    if (call.is_null(1)) return write_json(call, 0, false);
    std::int64_t indent = call.integer(1);
    if (indent < 0 || indent > 64)
        return raise_value_error(call, "the indent must be 0 to 64, got " + std::to_string(indent));
    return write_json(call, static_cast<std::size_t>(indent), indent > 0);
}

Outcome to_json_pretty(Call& call) { return write_json(call, 2, true); }

Outcome encode_base64(Call& call) {
    bool is_raised = false;
    if (!check_options(call, 1, {"url"})) return Outcome::Raised;
    bool for_url = bool_option(call, 1, "url", false, is_raised);
    return is_raised ? Outcome::Raised : call.done_text(builtins::encode_base64(call.text(0), for_url));
}

Outcome decode_base64(Call& call) {
    bool is_raised = false;
    if (!check_options(call, 1, {"url"})) return Outcome::Raised;
    bool for_url = bool_option(call, 1, "url", false, is_raised);
    if (is_raised) return Outcome::Raised;
    std::size_t bad = 0;
    std::optional<std::string> octets = builtins::decode_base64(call.text(0), for_url, bad);
    if (!octets) return raise_value_error(call, "not base64 at position " + std::to_string(bad));
    return done_or_out_of_memory(call, vm::make_bytes(*octets));
}

}  // namespace bodies
}  // namespace ruff::builtins
