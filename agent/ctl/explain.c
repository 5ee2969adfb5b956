// SPDX-License-Identifier: MIT
// The glossary behind `atmguardctl explain`.
#include "explain.h"

#include <stddef.h>
#include <strings.h>

static const struct ag_explain words[] = {
	/* answers of the agent */
	{ "ng", "The center judged the values and said no; it does not say which is wrong.",
	  "Enter them again; after a few tries the job is blocked: call the center." },
	{ "center-unreachable", "No connection to the center, or it does not know this machine.",
	  "Check the line and /etc/atmguard/agent.conf; the agent's log names the error." },
	{ "center-garbled", "Something answered, but not as the center does.",
	  "Look for a proxy or another server at the center's address." },
	{ "grant-refused", "The kernel did not take the center's grant; the detail says why.",
	  "atmguardctl explain DETAIL; the audit log has a REFUSED record." },
	{ "state", "Not possible in the present state.", "atmguardctl status shows the state." },
	{ "request", "The request was not understood, or the check digit is wrong.",
	  "Type the password again; nothing was sent to the center." },
	{ "busy", "Another unlock is under way.", "Wait for it to end; a minute at most." },
	{ "kernel", "The kernel module did not answer as expected.",
	  "Look into the kernel's log (dmesg) for atmguard." },
	/* errors of signed objects */
	{ "EBADMSG", "The signature is not a well-formed detached CMS message.",
	  "The file or answer is damaged; fetch it again." },
	{ "ENOKEY", "Signed by a key this machine does not trust for this purpose.",
	  "Compare the signer's certificate with the anchors built into the module." },
	{ "EKEYREJECTED", "The signature does not fit the object.",
	  "Object and signature do not belong together, or were changed." },
	{ "EPROTO", "Not an object of this purpose, malformed, or another ABI version.",
	  "Check that module and programs come from the same release." },
	{ "EXDEV", "Addressed to another ATM, class or boot medium.",
	  "Check the ATM number at the center, and whether this disk belongs here." },
	{ "ESTALE", "Older than what is loaded, or not over the present nonce.",
	  "For a grant: try again. For a policy: the center must issue a higher version." },
	{ "EMSGSIZE", "Larger than allowed, or empty.", "Fetch the object again." },
	{ "EBUSY", "Not possible in the present state.", "atmguardctl status shows the state." },
	/* errors of denials */
	{ "EPERM", "The guard denied it.", "The record before it names the hook." },
	{ "EACCES", "The guard denied it: not listed, or not on a pinned file system.",
	  "The record names the file; a signed policy must list its content." },
	{ "ENODATA", "Identity or policy is missing.", "Enrol the machine; see atmguard-load(8)." },
	/* states */
	{ "unsealed", "The guard is not in force yet; normal only early during boot.",
	  "If it stays: atmguard-load failed; see the boot log." },
	{ "locked", "In force; nothing is open.", "This is the normal state." },
	{ "maintenance", "A grant is open; its scopes are added to the policy.",
	  "Complete the work when it is done." },
	{ "relocking", "The kernel is closing a grant.",
	  "Wait; it locks or reboots within its bound." },
	{ "tampered", "The boot evidence failed: another system may have run on this machine.",
	  "Only a grant with the scope boot leaves this state; call the center." },
	/* hooks */
	{ "exec", "A program or script that is not listed was started.",
	  "The record has its path and digest." },
	{ "mmap", "A file that is not a listed library was mapped executable.", "See the path." },
	{ "mprotect", "Memory was to be turned into code.",
	  "Only programs with the flag jit may; see doc/POLICY.md." },
	{ "anon", "Anonymous memory was to be executable.",
	  "Only programs with the flag jit may; see doc/POLICY.md." },
	{ "interp", "An interpreter ran without a listed script, or read code that is not listed.",
	  "See the path; -c and standard input count too." },
	{ "write", "A listed file was opened for writing.", "Updates need the scope update." },
	{ "replace", "Something was to be created, renamed or removed in a protected directory.",
	  "Updates need the scope update." },
	{ "block", "A block device was opened.", "Media need a storage scope." },
	{ "mount", "A file system was to be mounted.", "Media need a storage scope." },
	{ "node", "Another program opened a device node that belongs to a named one.",
	  "Only the owner group in the policy may open it." },
	{ "bpf", "bpf(2) was called after the seal.", "It is closed to everyone." },
	{ "ptrace", "A process was to be debugged, or its memory read or written.",
	  "It is closed to everyone." },
	{ "module", "A kernel module was to be loaded or unloaded.", "It must be listed." },
	{ "lockdown", "Raw memory, ports or other ways into the kernel were asked for.",
	  "See kernel_lockdown(7)." },
	{ "persona", "READ_IMPLIES_EXEC or PR_SET_MM.", "Nothing on an ATM needs it." },
	{ "control", "A kernel control file was to be written.",
	  "Only programs with the flag control may; see doc/POLICY.md." },
};

const struct ag_explain *ag_explain_find(const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcasecmp(words[i].word, word))
			return &words[i];
	return NULL;
}

const struct ag_explain *ag_explain_at(unsigned int i)
{
	return i < sizeof(words) / sizeof(words[0]) ? &words[i] : NULL;
}
