// Sends a passcode, asks for it, verifies it:   send_and_verify DESTINATION [CONTENT]
// with the key from SHOUTOUT_API_KEY and, if set, the service's address from SHOUTOUT_BASE_URL.
#include <cstdlib>
#include <iostream>
#include <shoutout_otp.hpp>
#include <string>

namespace {

std::string from_environment(const char *name) {
    const char *value = std::getenv(name);
    return value != nullptr ? value : "";
}

const char *words_for(shoutout::verify_outcome outcome) {
    switch (outcome) {
    case shoutout::verify_outcome::verified: return "verified";
    case shoutout::verify_outcome::wrong_code: return "not verified: wrong code, try again";
    case shoutout::verify_outcome::expired: return "not verified: expired, ask for a new code";
    case shoutout::verify_outcome::refused: break;
    }
    return "not verified: refused, ask for a new code";
}

int send_and_verify(const std::string &destination, const std::string &content) {
    shoutout::options options;
    if (const auto base_url = from_environment("SHOUTOUT_BASE_URL"); !base_url.empty()) {
        options.base_url(base_url);
    }
    const shoutout::client client(from_environment("SHOUTOUT_API_KEY"), options);
    const auto sent = client.send_otp("ShoutDEMO", destination, content);

    std::cout << "sent " << sent.reference_id << "\ncode: " << std::flush;
    std::string code;
    std::getline(std::cin, code);
    const auto checked = client.verify_otp(sent.reference_id, code);
    std::cout << words_for(checked.outcome) << "\n";
    return checked.is_verified() ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
    try {
        return send_and_verify(argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "Your code is {{code}}");
    } catch (const shoutout::error &error) {
        std::cerr << error.what() << "\n";
        if (error.delivery() == shoutout::delivery::unknown) {
            std::cerr << "An SMS may have gone out: wait a minute before you send another.\n";
        }
        return 2;
    }
}
