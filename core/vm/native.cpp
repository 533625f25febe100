#include "core/vm/native.h"

#include <string>

#include "core/vm/string.h"
#include "core/vm/vm.h"

namespace ruff::vm {

const Value& Call::operator[](std::uint32_t i) const {
    return i == 0 && receiver_ != nullptr ? *receiver_ : vm.fiber->stack[window_ + i];
}

Value Call::take(std::uint32_t i) {
    if (i == 0 && receiver_ != nullptr) return std::move(*receiver_);
    return std::move(vm.fiber->stack[window_ + i]);
}

Value& Call::receiver() { return receiver_ != nullptr ? *receiver_ : vm.fiber->stack[window_]; }

Outcome Call::done(Value result) {
    vm.fiber->stack[window_ - 1] = std::move(result);
    return Outcome::Done;
}

Outcome Call::done_text(std::string_view text) {
    Value result = make_string(text);
    if (result.is_null()) return vm.raise_out_of_memory("string");
    return done(std::move(result));
}

Outcome Call::raise(ErrorKind kind, std::string_view message, std::string_view hint) { return vm.raise(kind, message, hint); }

Outcome Call::raise_type(std::uint32_t i, std::string_view expected) {
    std::string message(row.name);
    message += ": parameter `";
    message += row.parameters[std::min<std::size_t>(i, row.parameters.size() - 1)].name;
    message += "` expects ";
    message += expected;
    message += ", got ";
    message += value_kind_name((*this)[i].kind());
    return raise(ErrorKind::Type, message);
}

}  // namespace ruff::vm
