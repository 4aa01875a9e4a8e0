/* The header stands alone in C, may be included twice, and links. */
#include <shoutout_otp.h>
#include <shoutout_otp.h>

int main(void)
{
    so_status status = SHOUTOUT_OK;
    return so_status_name(status) != 0 && so_abi_version() == SHOUTOUT_OTP_ABI_VERSION ? 0 : 1;
}
