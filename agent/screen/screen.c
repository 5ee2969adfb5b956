// SPDX-License-Identifier: MIT
// Draws the technician's pages with ncursesw.
#include "screen.h"

#include <ctype.h>
#include <curses.h>
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "lib/names.h"
#include "blocks.h"
#include "phrases.h"

#define LEFT		3
#define WIDTH		(AG_SCREEN_COLS - 2 * LEFT)

/* Rows of the parts of a page. */
enum {
	ROW_TITLE = 0,
	ROW_STATE = 2,
	ROW_PAGE = 4,
	ROW_BLOCKS = 6,
	ROW_HINT = 12,
	ROW_NOTICE = 17,
	ROW_KEYS = 22,
};

/* Open scopes shown, two a row, down to the line of the keys. */
#define SCOPES_MAX	(2 * (ROW_KEYS - ROW_HINT - 2))

enum { PAIR_LOCKED = 1, PAIR_OPEN, PAIR_ALARM };

static bool has_japanese;

/* ---- terminal ---- */

static bool is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* The console of the kernel has no room in its font for kanji. */
static bool is_kernel_console(void)
{
	const char *name = ttyname(STDIN_FILENO);

	return name && !strncmp(name, "/dev/tty", 8) && name[8] >= '0' && name[8] <= '9';
}

static void choose_language(void)
{
	setlocale(LC_ALL, "");
	if (!is_utf8())
		setlocale(LC_ALL, "C.UTF-8");
	has_japanese = is_utf8() && !is_kernel_console();
}

static bool open_terminal(void)
{
	const char *term = getenv("TERM");

	if (term && *term && strcmp(term, "dumb") && strcmp(term, "unknown") &&
	    newterm(NULL, stdout, stdin))
		return true;
	return newterm("vt220", stdout, stdin);
}

int ag_screen_open(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	choose_language();
	if (!open_terminal())
		return -EINVAL;
	/* Nobody leaves this screen by a key; Enter arrives as a byte of its own. */
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	curs_set(0);
	if (has_colors()) {
		start_color();
		init_pair(PAIR_LOCKED, COLOR_WHITE, COLOR_BLUE);
		init_pair(PAIR_OPEN, COLOR_BLACK, COLOR_YELLOW);
		init_pair(PAIR_ALARM, COLOR_WHITE, COLOR_RED);
	}
	return 0;
}

void ag_screen_close(void)
{
	clear();
	refresh();
	endwin();
}

/* Whoever is attached now may have its cursor and colours anywhere. */
void ag_screen_repeat(void)
{
	vidputs(A_NORMAL, putchar);
	mvcur(-1, -1, getcury(curscr), getcurx(curscr));
	redrawwin(stdscr);
}

void ag_screen_redraw(void)
{
	clearok(curscr, TRUE);
}

int ag_screen_read(void)
{
	int byte;

	do
		byte = getch();
	while (byte == KEY_RESIZE);
	return byte >= 0 && byte <= 0xff ? byte : -1;
}

void ag_screen_flush_input(void)
{
	flushinp();
}

/* ---- pieces ---- */

/* "日本語 / English" at the present place. */
static void put(const struct ag_phrase *words)
{
	if (has_japanese && *words->ja)
		printw("%s / ", words->ja);
	addstr(words->en);
}

/* A name of lib/names.h, which is there in Japanese unless the number is a newer kernel's. */
static void put_name(enum ag_names_kind kind, unsigned int number, bool in_capitals)
{
	const struct ag_name *name = ag_names_get(kind, number);
	struct ag_names_word word = ag_names_word(kind, number);

	for (char *p = word.text; in_capitals && *p; p++)
		*p = (char)toupper((unsigned char)*p);
	put(&(struct ag_phrase){ name ? name->word.ja : "", word.text });
}

static void put_at(int row, int col, const struct ag_phrase *words)
{
	move(row, col);
	put(words);
}

/* One language a line, for sentences. */
static void put_lines(int row, int col, const struct ag_phrase *words)
{
	if (has_japanese)
		mvaddstr(row++, col, words->ja);
	mvaddstr(row, col, words->en);
}

static attr_t colour(int pair, attr_t otherwise)
{
	return has_colors() ? (attr_t)COLOR_PAIR(pair) | A_BOLD : otherwise;
}

static attr_t state_colour(enum atmguard_state state)
{
	if (state == ATMGUARD_MAINTENANCE)
		return colour(PAIR_OPEN, A_REVERSE | A_BOLD);
	return colour(state == ATMGUARD_TAMPERED ? PAIR_ALARM : PAIR_LOCKED, A_REVERSE | A_BOLD);
}

static void format_time(uint64_t s, char *buf, size_t size)
{
	if (s >= 3600)
		snprintf(buf, size, "%" PRIu64 ":%02u:%02u", s / 3600, (unsigned int)(s / 60 % 60),
			 (unsigned int)(s % 60));
	else
		snprintf(buf, size, "%02u:%02u", (unsigned int)(s / 60), (unsigned int)(s % 60));
}

static void draw_title(const struct ag_wizard *wizard)
{
	attron(A_REVERSE);
	mvhline(ROW_TITLE, 0, ' ', AG_SCREEN_COLS);
	put_at(ROW_TITLE, LEFT, &ag_phrases_title);
	put_at(ROW_TITLE, 42, &ag_phrases_atm);
	printw(" %s", wizard->status.atm);
	attroff(A_REVERSE);
}

static void draw_state(const struct ag_wizard *wizard, uint64_t now_ms)
{
	attr_t attributes = state_colour(wizard->status.state);
	char left[32];

	attron(attributes);
	move(ROW_STATE, LEFT);
	addch(' ');
	put_name(AG_NAMES_STATE, wizard->status.state, true);
	if (wizard->status.state == ATMGUARD_MAINTENANCE) {
		format_time(ag_wizard_remaining_s(wizard, now_ms), left, sizeof(left));
		printw(has_japanese ? "  残り %s" : "  %s left", left);
	}
	addch(' ');
	attroff(attributes);
	put_at(ROW_STATE, 42, &ag_phrases_center);
	addstr(": ");
	put(ag_phrases_center_is(wizard->status.center));
}

static void draw_notice(const struct ag_wizard *wizard)
{
	bool is_good = wizard->notice == AG_NOTICE_CLOSED;
	attr_t attributes = is_good ? colour(PAIR_LOCKED, A_BOLD) : colour(PAIR_ALARM, A_BOLD);

	if (wizard->notice == AG_NOTICE_NONE)
		return;
	attron(attributes);
	move(ROW_NOTICE, LEFT);
	addch(' ');
	put(ag_phrases_notice(wizard->notice));
	if (wizard->notice == AG_NOTICE_SURVIVORS)
		printw(": %u", wizard->survivors);
	addch(' ');
	attroff(attributes);
	put_lines(ROW_NOTICE + 1, LEFT + 1, ag_phrases_notice_hint(wizard->notice));
	if (wizard->detail[0] && wizard->notice != AG_NOTICE_NG)
		mvprintw(ROW_NOTICE + 3, LEFT + 1, "(%.*s)", WIDTH - 4, wizard->detail);
}

/* What was typed, and a line for each digit still to come. */
static void draw_entry(int row, const char *entry, size_t places, int group)
{
	char text[AG_EMPLOYEE_MAX + 1] = "";
	size_t len = strlen(entry);

	memcpy(text, entry, len);
	for (; len < places; len++)
		text[len] = '_';
	ag_blocks_draw(row, LEFT + 1, WIDTH, group, text);
	explicit_bzero(text, sizeof(text));
}

/* ---- pages ---- */

static void draw_message(const struct ag_wizard *wizard, uint64_t now_ms)
{
	put_lines(ROW_BLOCKS, LEFT + 1, ag_phrases_page_hint(wizard->page));
	/* A sign of life. */
	mvprintw(ROW_BLOCKS + 3, LEFT + 1, "%.*s", (int)(now_ms / 1000 % 4) + 1, "....");
}

static void draw_password(const struct ag_wizard *wizard, uint64_t now_ms)
{
	/* As it is spoken. */
	draw_entry(ROW_BLOCKS, wizard->otp, AG_OTP_LEN, 3);
	put_lines(ROW_HINT, LEFT + 1, ag_phrases_page_hint(wizard->page));
	put_at(ROW_KEYS, LEFT, &ag_phrases_keys);
}

static void draw_employee(const struct ag_wizard *wizard, uint64_t now_ms)
{
	size_t len = strlen(wizard->employee);

	draw_entry(ROW_BLOCKS, wizard->employee, len < AG_EMPLOYEE_MAX ? len + 1 : len, 0);
	put_lines(ROW_HINT, LEFT + 1, ag_phrases_page_hint(wizard->page));
	put_at(ROW_KEYS, LEFT, &ag_phrases_keys);
}

static void draw_confirm(const struct ag_wizard *wizard, uint64_t now_ms)
{
	put_at(ROW_BLOCKS, LEFT + 1, &ag_phrases_password);
	mvprintw(ROW_BLOCKS, 45, "%.3s %.3s %.3s", wizard->otp, wizard->otp + 3, wizard->otp + 6);
	put_at(ROW_BLOCKS + 2, LEFT + 1, &ag_phrases_employee);
	ag_blocks_draw(ROW_BLOCKS + 4, LEFT + 1, WIDTH, 0, wizard->employee);
	put_lines(ROW_NOTICE - 2, LEFT + 1, ag_phrases_page_hint(wizard->page));
	put_at(ROW_KEYS, LEFT, &ag_phrases_keys);
}

static void draw_scopes(int row, uint32_t scopes)
{
	int nr = 0;

	put_at(row, LEFT + 1, &ag_phrases_scopes);
	for (unsigned int bit = 0; bit < 32 && nr < SCOPES_MAX; bit++) {
		if (!(scopes & (1u << bit)))
			continue;
		move(row + 1 + nr / 2, LEFT + 3 + nr % 2 * (WIDTH / 2));
		put_name(AG_NAMES_SCOPE, bit, false);
		nr++;
	}
}

static void draw_open(const struct ag_wizard *wizard, uint64_t now_ms)
{
	char left[32];

	format_time(ag_wizard_remaining_s(wizard, now_ms), left, sizeof(left));
	put_at(ROW_PAGE, 42, &ag_phrases_job);
	printw(" %" PRIu64, wizard->status.job);
	put_at(ROW_BLOCKS - 1, LEFT + 1, &ag_phrases_remaining);
	ag_blocks_draw(ROW_BLOCKS, LEFT + 1, WIDTH, 0, left);
	draw_scopes(ROW_HINT, wizard->status.scopes);
	attron(A_BOLD);
	put_at(ROW_KEYS, LEFT, &ag_phrases_keys_open);
	if (!has_japanese)
		addstr(": 9 + Enter");
	attroff(A_BOLD);
	if (wizard->has_nine)
		addstr("    [9]");
}

static void draw_finish(const struct ag_wizard *wizard, uint64_t now_ms)
{
	put_lines(ROW_BLOCKS, LEFT + 1, ag_phrases_page_hint(wizard->page));
	put_at(ROW_KEYS, LEFT, &ag_phrases_keys_finish);
}

static void (*const on_draw[AG_NR_PAGES])(const struct ag_wizard *wizard, uint64_t now_ms) = {
	[AG_PAGE_AGENT] = draw_message,
	[AG_PAGE_WAIT] = draw_message,
	[AG_PAGE_PASSWORD] = draw_password,
	[AG_PAGE_EMPLOYEE] = draw_employee,
	[AG_PAGE_CONFIRM] = draw_confirm,
	[AG_PAGE_JUDGING] = draw_message,
	[AG_PAGE_OPEN] = draw_open,
	[AG_PAGE_FINISH] = draw_finish,
	[AG_PAGE_CLOSING] = draw_message,
};

void ag_screen_draw(const struct ag_wizard *wizard, uint64_t now_ms)
{
	erase();
	if (LINES < AG_SCREEN_ROWS || COLS < AG_SCREEN_COLS) {
		put_lines(0, 0, &ag_phrases_small);
		refresh();
		return;
	}
	draw_title(wizard);
	if (wizard->page != AG_PAGE_AGENT)
		draw_state(wizard, now_ms);
	attron(A_BOLD);
	put_at(ROW_PAGE, LEFT, ag_phrases_page(wizard->page));
	attroff(A_BOLD);
	on_draw[wizard->page](wizard, now_ms);
	draw_notice(wizard);
	refresh();
}
