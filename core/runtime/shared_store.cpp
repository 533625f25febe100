#include "core/runtime/shared_store.h"

#include "core/vm/vm.h"

namespace ruff::runtime {

bool SharedStore::set(vm::Vm& vm, std::string_view name, vm::Value value) {
    Entry entry;
    if (value.is_int()) {
        entry.is_int = true;
        entry.number = value.as_int();
    } else {
        vm::Message message;
        if (!vm::write_message(vm, std::move(value), vm::Sending::Value, message)) return false;
        entry.message = std::make_shared<const vm::Message>(std::move(message));
    }
    const std::lock_guard lock(mutex_);
    std::swap(entries_[std::string(name)], entry);   // the old one ends after the lock, with whatever it holds
    return true;
}

SharedStore::Found SharedStore::get(vm::Vm& vm, std::string_view name, vm::Value& value) const {
    std::shared_ptr<const vm::Message> message;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(name);
        if (found == entries_.end()) return Found::No;
        if (found->second.is_int) {
            value = vm::Value::integer(found->second.number);
            return Found::Yes;
        }
        message = found->second.message;
    }
    return vm::copy_message(vm, *message, value) ? Found::Yes : Found::Raised;
}

bool SharedStore::has(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    return entries_.contains(name);
}

bool SharedStore::remove(std::string_view name) {
    Entry removed;
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return false;
    std::swap(removed, found->second);
    entries_.erase(found);
    return true;
}

SharedStore::Added SharedStore::add(std::string_view name, std::int64_t amount, std::int64_t& sum) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) {
        Entry& entry = entries_[std::string(name)];
        entry.is_int = true;
        entry.number = sum = amount;
        return Added::Yes;
    }
    if (!found->second.is_int) return Added::NotAnInt;
    if (__builtin_add_overflow(found->second.number, amount, &sum)) return Added::Overflow;
    found->second.number = sum;
    return Added::Yes;
}

}  // namespace ruff::runtime
