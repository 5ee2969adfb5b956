// SPDX-License-Identifier: GPL-2.0-only
// Vetoes drivers for USB devices that the policy does not list or no scope opens.
#include "usb.h"

#include <linux/usb.h>
#include <linux/usb/hcd.h>
#include <linux/workqueue.h>

#include "audit.h"
#include "policy.h"
#include "state.h"

static int probe_nothing(struct usb_interface *intf, const struct usb_device_id *id)
{
	return -ENODEV;
}

static void disconnect_nothing(struct usb_interface *intf)
{
}

/* Registered only to learn the address of the USB bus type, which is not exported. */
static const struct usb_device_id no_ids[] = { {} };
static struct usb_driver anchor = {
	.name = "atmguard",
	.probe = probe_nothing,
	.disconnect = disconnect_nothing,
	.id_table = no_ids,
	.no_dynamic_id = 1,
};

/* Types of other buses need not have a name. */
static bool has_type(const struct device *dev, const char *name)
{
	return dev->type && dev->type->name && !strcmp(dev->type->name, name);
}

static bool is_interface(const struct device *dev)
{
	return has_type(dev, "usb_interface");
}

/* Add every altsetting of @cache's interface; a device may switch to any. */
static void describe_interface(const struct usb_interface_cache *cache, struct ag_usb_device *d)
{
	for (unsigned int i = 0; i < cache->num_altsetting; i++) {
		const struct usb_interface_descriptor *desc = &cache->altsetting[i].desc;

		if (d->nr_interfaces < AG_USB_DEVICE_INTERFACES)
			d->interface[d->nr_interfaces] = (struct ag_usb_triple){
				desc->bInterfaceClass, desc->bInterfaceSubClass,
				desc->bInterfaceProtocol };
		d->nr_interfaces++;
	}
}

/* All configurations: root could select another one later. */
static void describe(struct usb_device *udev, struct ag_usb_device *d)
{
	memset(d, 0, sizeof(*d));
	d->vendor = le16_to_cpu(udev->descriptor.idVendor);
	d->product = le16_to_cpu(udev->descriptor.idProduct);
	d->serial = udev->serial;
	d->port = dev_name(&udev->dev);
	for (int c = 0; udev->config && c < udev->descriptor.bNumConfigurations; c++)
		for (int i = 0; i < udev->config[c].desc.bNumInterfaces; i++)
			if (udev->config[c].intf_cache[i])
				describe_interface(udev->config[c].intf_cache[i], d);
}

static int judge(struct usb_device *udev, u32 *ret_scopes)
{
	struct ag_usb_device d;

	describe(udev, &d);
	return ag_policy_usb(&d, ag_state_scopes(), ret_scopes);
}

/* Where the policy observes, the record of the device says what it would be. */
static bool is_allowed(struct usb_device *udev)
{
	u32 scopes;

	return judge(udev, &scopes) == 0 || ag_policy_is_observe();
}

/* The interfaces of what was described, each once: "08:06:50". */
static int print_interfaces(const struct ag_usb_device *d, char *text, size_t size)
{
	u32 nr = min(d->nr_interfaces, AG_USB_DEVICE_INTERFACES);
	int used = 0;

	for (u32 i = 0; i < nr; i++)
		if (i == 0 || memcmp(&d->interface[i], &d->interface[i - 1], sizeof(d->interface[i])))
			used += scnprintf(text + used, size - used, " %02x:%02x:%02x",
					  d->interface[i].base_class, d->interface[i].subclass,
					  d->interface[i].protocol);
	return used;
}

static void record(struct usb_device *udev, int verdict)
{
	struct ag_usb_device d;
	char text[160];
	int used;

	describe(udev, &d);
	used = scnprintf(text, sizeof(text), "%04x:%04x port %s serial %s interfaces", d.vendor,
			 d.product, d.port, d.serial ?: "-");
	print_interfaces(&d, text + used, sizeof(text) - used);
	ag_audit_write(&(struct ag_event){ .type = ATMGUARD_EV_USB, .error = verdict,
					   .job = ag_state_job(), .detail = text });
}

/* The whole active configuration at once: a driver that probes one interface
 * may claim a sibling before that one was announced. */
static void authorize_all(struct usb_device *udev, bool allowed)
{
	struct usb_host_config *config = udev->actconfig;

	for (int i = 0; config && i < config->desc.bNumInterfaces; i++)
		if (config->interface[i])
			config->interface[i]->authorized = allowed;
}

static void sweep(struct work_struct *work)
{
	ag_usb_apply();
}
static DECLARE_WORK(sweep_work, sweep);

static void on_interface(unsigned long event, struct usb_interface *intf)
{
	struct usb_device *udev = interface_to_usbdev(intf);

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		authorize_all(udev, is_allowed(udev));
		break;
	case BUS_NOTIFY_BIND_DRIVER:
		/* The gate: usb_probe_interface() looks at authorized after this,
		 * whatever root wrote there in between. */
		if (!is_allowed(udev))
			intf->authorized = 0;
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		/* usbfs claims go past authorized; take them back. */
		if (!is_allowed(udev))
			schedule_work(&sweep_work);
		break;
	}
}

static void on_device(unsigned long event, struct usb_device *udev)
{
	u32 scopes;

	if (event == BUS_NOTIFY_ADD_DEVICE && udev->parent)
		record(udev, judge(udev, &scopes));
}

static int on_bus(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;

	if (is_interface(dev))
		on_interface(event, to_usb_interface(dev));
	else if (has_type(dev, "usb_device"))
		on_device(event, to_usb_device(dev));
	return NOTIFY_OK;
}
static struct notifier_block bus_notifier = { .notifier_call = on_bus };

/* New interfaces of every controller start unauthorized: fails closed for
 * siblings that are bound before they are announced. */
static int on_usb(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == USB_BUS_ADD)
		clear_bit(HCD_FLAG_INTF_AUTHORIZED, &bus_to_hcd(data)->flags);
	return NOTIFY_OK;
}
static struct notifier_block usb_notifier = { .notifier_call = on_usb };

static int clear_default(struct usb_device *udev, void *unused)
{
	clear_bit(HCD_FLAG_INTF_AUTHORIZED, &bus_to_hcd(udev->bus)->flags);
	return 0;
}

/* Two passes: an attached driver may claim siblings, so all must be judged first. */
static int apply_one(struct usb_device *udev, void *unused)
{
	struct usb_host_config *config;
	bool allowed;

	usb_lock_device(udev);
	config = udev->actconfig;
	allowed = is_allowed(udev);
	for (int i = 0; config && i < config->desc.bNumInterfaces; i++) {
		struct device *dev = &config->interface[i]->dev;

		device_lock(dev);
		config->interface[i]->authorized = allowed;
		device_unlock(dev);
	}
	for (int i = 0; config && i < config->desc.bNumInterfaces; i++) {
		struct usb_interface *intf = config->interface[i];

		if (allowed && !intf->dev.driver && device_attach(&intf->dev) < 0)
			dev_warn(&intf->dev, "atmguard: allowed, but no driver took it\n");
		if (!allowed && intf->dev.driver)
			usb_driver_release_interface(to_usb_driver(intf->dev.driver), intf);
	}
	usb_unlock_device(udev);
	return 0;
}

void ag_usb_apply(void)
{
	usb_for_each_dev(NULL, apply_one);
}

struct count {
	u32 bound, unbound;
};

/* With the device locked. */
static void count_interfaces(struct usb_device *udev, struct count *count)
{
	if (is_allowed(udev))
		return;
	for (int i = 0; udev->actconfig && i < udev->actconfig->desc.bNumInterfaces; i++)
		*(udev->actconfig->interface[i]->dev.driver ? &count->bound : &count->unbound) += 1;
}

static int count_one(struct usb_device *udev, void *count)
{
	usb_lock_device(udev);
	count_interfaces(udev, count);
	usb_unlock_device(udev);
	return 0;
}

/* For the status, which must not wait for a device that is stuck. */
static int count_unless_busy(struct usb_device *udev, void *count)
{
	if (usb_trylock_device(udev)) {
		count_interfaces(udev, count);
		usb_unlock_device(udev);
	}
	return 0;
}

u32 ag_usb_count_violations(void)
{
	struct count count = {};

	usb_for_each_dev(&count, count_one);
	return count.bound;
}

u32 ag_usb_count_denied(void)
{
	struct count count = {};

	usb_for_each_dev(&count, count_unless_busy);
	return count.unbound;
}

bool ag_usb_is_allowed_parent(struct device *dev, u32 *ret_scopes)
{
	for (; dev; dev = dev->parent)
		if (is_interface(dev))
			return judge(interface_to_usbdev(to_usb_interface(dev)), ret_scopes) == 0;
	return false;
}

int ag_usb_init(void)
{
	int r = usb_register(&anchor);

	if (r)
		return r;
	/* The gate first, then the defaults, then what is there already. */
	r = bus_register_notifier((struct bus_type *)anchor.driver.bus, &bus_notifier);
	if (r) {
		usb_deregister(&anchor);
		return r;
	}
	usb_register_notify(&usb_notifier);
	usb_for_each_dev(NULL, clear_default);
	ag_usb_apply();
	return 0;
}
