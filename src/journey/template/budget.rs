//! What rendering one template may cost.

use std::{
    cell::{Cell, RefCell},
    io::{self, Write},
    rc::Rc,
};

use liquid::ValueView;
use liquid_core::{Error, Runtime};

/// Longest output, and longest captured text (bytes).
pub(super) const MOST_OUTPUT: usize = 1024 * 1024;
/// Most elements of one range or loop.
pub(super) const MOST_RANGE: i64 = 10_000;
/// Most elements (texts, outputs, tags, loop turns) rendered in one go.
const MOST_STEPS: u64 = 1_000_000;
/// Most bytes of values read, copied and made in one go.
const MOST_WORK: u64 = 64 * 1024 * 1024;
/// Largest single value (bytes).
const MOST_VALUE: u64 = 8 * 1024 * 1024;

/// What one rendering has used, and why it must stop. Shared by the scope, the filters, the
/// blocks and the output through the runtime's registers.
#[derive(Default)]
pub(super) struct Budget {
    steps: Cell<u64>,
    work: Cell<u64>,
    exceeded: RefCell<Option<String>>,
    /// Number of the output that printed an absent variable.
    missing: Cell<Option<usize>>,
    /// Whether printing an absent variable fails.
    missing_fails: Cell<bool>,
    /// What `now` means (UTC ms).
    now_ms: Cell<i64>,
}

/// Lets plugins find the budget in the runtime's registers.
#[derive(Default)]
pub(super) struct BudgetHandle(pub Rc<Budget>);

/// The budget of the rendering that `runtime` belongs to.
pub(super) fn budget_of(runtime: &dyn Runtime) -> Rc<Budget> {
    Rc::clone(&runtime.registers().get_mut::<BudgetHandle>().0)
}

impl Budget {
    pub fn begin(&self, now_ms: i64, missing_fails: bool) {
        self.now_ms.set(now_ms);
        self.missing_fails.set(missing_fails);
    }
    pub fn now_ms(&self) -> i64 {
        self.now_ms.get()
    }
    /// Why rendering had to stop, if it was for its cost.
    pub fn exceeded(&self) -> Option<String> {
        self.exceeded.borrow().clone()
    }
    /// The output that printed an absent variable where that fails.
    pub fn missing(&self) -> Option<usize> {
        self.missing.get()
    }
    /// Notes that an output prints an absent variable.
    pub fn print_missing(&self, output: usize) -> Result<(), Error> {
        if self.missing_fails.get() {
            self.missing.set(Some(output));
            return Err(Error::with_msg("a variable is missing"));
        }
        Ok(())
    }
    /// Counts an element; the limit shows at the next [`Budget::check`], because the place that
    /// calls this cannot fail.
    pub fn count_step(&self) {
        self.steps.set(self.steps.get() + 1);
    }
    /// Fails once a limit is passed.
    pub fn check(&self) -> Result<(), Error> {
        if self.steps.get() > MOST_STEPS {
            return self.exceed("the template takes too many steps".to_owned());
        }
        match &*self.exceeded.borrow() {
            Some(reason) => Err(Error::with_msg(reason.clone())),
            None => Ok(()),
        }
    }
    /// Pays for a loop turn or a look-up.
    pub fn step(&self) -> Result<(), Error> {
        self.count_step();
        self.check()
    }
    /// Pays for handling `bytes` of values.
    pub fn charge(&self, bytes: u64) -> Result<(), Error> {
        self.work.set(self.work.get().saturating_add(bytes));
        if self.work.get() > MOST_WORK {
            return self.exceed("the template handles too much text".to_owned());
        }
        self.check()
    }
    /// Pays for a value that was made, and refuses a huge one.
    pub fn charge_value(&self, bytes: u64) -> Result<(), Error> {
        if bytes > MOST_VALUE {
            return self.exceed("the template makes a value that is too large".to_owned());
        }
        self.charge(bytes)
    }
    /// Notes which limit was passed.
    pub fn exceed<T>(&self, reason: String) -> Result<T, Error> {
        let error = Error::with_msg(reason.clone());
        self.exceeded.borrow_mut().get_or_insert(reason);
        Err(error)
    }
}

/// How many bytes a value takes, roughly.
pub(super) fn weight(value: &dyn ValueView) -> u64 {
    if let Some(array) = value.as_array() {
        16 + array.values().map(weight).sum::<u64>()
    } else if let Some(object) = value.as_object() {
        16 + object.iter().map(|(key, value)| key.len() as u64 + weight(value)).sum::<u64>()
    } else if let Some(scalar) = value.as_scalar() {
        16 + scalar.to_kstr().len() as u64
    } else {
        16
    }
}

/// Output that stops at the limit.
pub(super) struct Output {
    bytes: Vec<u8>,
    budget: Rc<Budget>,
}

impl Output {
    pub fn new(budget: Rc<Budget>) -> Self {
        Self { bytes: Vec::new(), budget }
    }
    /// What was written. Only whole texts are ever written, so this loses nothing.
    pub fn into_text(self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let paid = if self.bytes.len() + bytes.len() > MOST_OUTPUT {
            self.budget.exceed("the text is longer than 1 MiB".to_owned())
        } else {
            self.budget.check()
        };
        paid.map_err(|error| io::Error::other(error.to_string()))?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
