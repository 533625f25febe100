#pragma once
// An isolate without a program: for operations that raise.

#include <memory>
#include <string>

#include "core/vm/arithmetic.h"
#include "core/vm/vm.h"
#include "tests/unit/vm/vm_fixture.h"

namespace ruff::vm {

class IsolateFixture {
public:
    IsolateFixture() : vm(std::make_shared<Image>(empty_program()), natives_, {}) { set_current_heap(&vm.heap); }
    ~IsolateFixture() { CHECK_FALSE(vm.has_pending_error()); }

    /// "kind: message", with " (hint)" when there is one; what was raised is taken.
    std::string raised() {
        if (!vm.has_pending_error()) return "nothing was raised";
        const Value error = vm.take_pending_error();
        const auto& object = *error.as<ErrorObject>();
        std::string all = std::string(error_kind_name(object.kind)) + ": " + std::string(object.message.as_string()->view());
        if (object.hint.is_string()) all += " (" + std::string(object.hint.as_string()->view()) + ")";
        return all;
    }
    /// The result as represented, or what was raised.
    std::string outcome(bool succeeded, const Value& result) { return succeeded ? represented(result) : raised(); }

private:
    static bytecode::Program empty_program() {
        bytecode::Program program;
        program.modules.emplace_back();
        return program;
    }
    NativeTable natives_{};

public:
    Vm vm;
};

inline Value dict_of(std::initializer_list<std::pair<Value, Value>> pairs) {
    const Value dict = Value::adopt(&new_dict(pairs.size())->head);
    for (const auto& [key, value] : pairs) REQUIRE(dict_set(dict.as_dict(), key, value));
    return dict;
}

}  // namespace ruff::vm
