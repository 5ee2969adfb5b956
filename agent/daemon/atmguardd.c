// SPDX-License-Identifier: MIT
// The agent on the ATM, with the kernel's device.
#include "agent.h"

int main(int argc, char **argv)
{
	return ag_agent_main(argc, argv, ag_device_open);
}
