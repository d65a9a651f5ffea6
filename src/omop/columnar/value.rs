//! How a stored value is written out: as a CSV export of the table would.
//!
//! In: a value and its column's type. Out: bytes. Never: a day or a time out of range made into another.

use std::io::Write as _;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::ColumnDescriptor;

use super::zone::{Wall, Zones};

/// How a stored value is written out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    Plain,
    Unsigned,
    Date,
    /// Parts of a second since 1970, and whose clock shows them.
    Moment {
        a_second: i64,
        wall: Wall,
    },
    /// Parts of a second since midnight.
    Clock {
        a_second: i64,
    },
    /// Digits behind the point.
    Decimal(u32),
}

impl Form {
    /// How a column's values are written; `None` where they cannot be.
    pub(super) fn of(column: &ColumnDescriptor, zones: &Zones) -> Option<Form> {
        let of_utc = |a_second: i64| {
            let wall = zones.wall(&column.path().parts()[0]);
            Some(Form::Moment { a_second, wall })
        };
        // Its nanoseconds stand beside a day, see `Cell`.
        if column.physical_type() == Type::INT96 {
            return of_utc(1);
        }
        let a_second = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        };
        // No more digits than 128 bits hold.
        let decimal = |scale: i32, precision: i32| {
            let scale = u32::try_from(scale).ok().filter(|s| *s <= 38);
            scale.filter(|_| precision <= 38).map(Form::Decimal)
        };
        if let Some(kind) = column.logical_type_ref() {
            return match kind {
                LogicalType::String
                | LogicalType::Enum
                | LogicalType::Json
                | LogicalType::Unknown => Some(Form::Plain),
                LogicalType::Decimal(of) => decimal(of.scale, of.precision),
                LogicalType::Date => Some(Form::Date),
                LogicalType::Time(time) => Some(Form::Clock {
                    a_second: a_second(&time.unit),
                }),
                LogicalType::Timestamp(moment) if moment.is_adjusted_to_u_t_c => {
                    of_utc(a_second(&moment.unit))
                }
                LogicalType::Timestamp(moment) => Some(Form::Moment {
                    a_second: a_second(&moment.unit),
                    wall: Wall::Stored,
                }),
                LogicalType::Integer(whole) if whole.is_signed => Some(Form::Plain),
                LogicalType::Integer(_) => Some(Form::Unsigned),
                _ => None,
            };
        }
        match column.converted_type() {
            ConvertedType::DECIMAL => decimal(column.type_scale(), column.type_precision()),
            // Bytes of which nobody says what they are.
            ConvertedType::NONE if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY => None,
            ConvertedType::DATE => Some(Form::Date),
            ConvertedType::TIME_MILLIS => Some(Form::Clock { a_second: 1_000 }),
            ConvertedType::TIME_MICROS => Some(Form::Clock {
                a_second: 1_000_000,
            }),
            ConvertedType::TIMESTAMP_MILLIS => of_utc(1_000),
            ConvertedType::TIMESTAMP_MICROS => of_utc(1_000_000),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Some(Form::Unsigned),
            ConvertedType::NONE
            | ConvertedType::UTF8
            | ConvertedType::ENUM
            | ConvertedType::JSON
            | ConvertedType::INT_8
            | ConvertedType::INT_16
            | ConvertedType::INT_32
            | ConvertedType::INT_64 => Some(Form::Plain),
            _ => None,
        }
    }

    /// Whether its moments are those of UTC, and nobody says what a patient's clock showed.
    pub(super) fn is_of_utc(&self) -> bool {
        let Form::Moment { wall, .. } = self else {
            return false;
        };
        *wall == Wall::Utc
    }
}

/// A stored value.
pub(super) trait Cell {
    fn write(&self, form: &Form, out: &mut Vec<u8>);
}

/// Writing into memory does not fail.
fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

impl Cell for bool {
    fn write(&self, _: &Form, out: &mut Vec<u8>) {
        put(out, format_args!("{self}"));
    }
}

impl Cell for i32 {
    fn write(&self, form: &Form, out: &mut Vec<u8>) {
        match form {
            Form::Unsigned => put(out, format_args!("{}", self.cast_unsigned())),
            form => whole(i64::from(*self), form, out),
        }
    }
}

impl Cell for i64 {
    fn write(&self, form: &Form, out: &mut Vec<u8>) {
        match form {
            Form::Unsigned => put(out, format_args!("{}", self.cast_unsigned())),
            form => whole(*self, form, out),
        }
    }
}

fn whole(n: i64, form: &Form, out: &mut Vec<u8>) {
    match form {
        Form::Plain | Form::Unsigned => put(out, format_args!("{n}")),
        Form::Decimal(scale) => decimal(i128::from(n), *scale, out),
        Form::Date => match n.checked_mul(86_400).and_then(civil) {
            Some(moment) => put(out, format_args!("{}", moment.date())),
            None => put(out, format_args!("{n} days since 1970")),
        },
        Form::Moment { a_second, wall } => moment(
            n.div_euclid(*a_second),
            n.rem_euclid(*a_second) * (1_000_000_000 / a_second),
            wall,
            out,
        ),
        Form::Clock { a_second } => {
            let s = n.div_euclid(*a_second);
            put(
                out,
                format_args!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60),
            );
        }
    }
}

/// The civil time of a second since 1970; `None` out of the years that a record can hold.
fn civil(second: i64) -> Option<DateTime> {
    const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    EPOCH.checked_add(SignedDuration::from_secs(second)).ok()
}

fn moment(second: i64, nanos: i64, wall: &Wall, out: &mut Vec<u8>) {
    let time = match wall {
        Wall::Stored | Wall::Utc => civil(second),
        Wall::Zone(zone) => {
            let moment = Timestamp::from_second(second).ok();
            moment.map(|moment| zone.to_datetime(moment))
        }
    };
    let Some(time) = time else {
        // No reader of times takes this for one.
        return put(out, format_args!("{second} seconds since 1970"));
    };
    put(out, format_args!("{} {}", time.date(), time.time()));
    if nanos > 0 {
        let digits = format!("{nanos:09}");
        put(out, format_args!(".{}", digits.trim_end_matches('0')));
    }
    if *wall == Wall::Utc {
        out.push(b'Z');
    }
}

/// A decimal number without the zeros that only its column's scale put behind it.
fn decimal(n: i128, scale: u32, out: &mut Vec<u8>) {
    let digits = format!("{:0width$}", n.unsigned_abs(), width = scale as usize + 1);
    let (whole, part) = digits.split_at(digits.len() - scale as usize);
    if n < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(whole.as_bytes());
    let part = part.trim_end_matches('0');
    if !part.is_empty() {
        out.push(b'.');
        out.extend_from_slice(part.as_bytes());
    }
}

impl Cell for Int96 {
    fn write(&self, form: &Form, out: &mut Vec<u8>) {
        // Nanoseconds of the day, and the Julian day, whose number on 1970-01-01 is 2,440,588.
        let [low, high, day] = *self.data() else {
            return;
        };
        let nanos = (i64::from(high) << 32) | i64::from(low);
        let second = (i64::from(day) - 2_440_588) * 86_400 + nanos / 1_000_000_000;
        if let Form::Moment { wall, .. } = form {
            moment(second, nanos % 1_000_000_000, wall, out);
        }
    }
}

impl Cell for f32 {
    fn write(&self, _: &Form, out: &mut Vec<u8>) {
        put(out, format_args!("{self:?}"));
    }
}

impl Cell for f64 {
    fn write(&self, _: &Form, out: &mut Vec<u8>) {
        // `77.0`: whether an id may have been rounded is judged by its digits.
        put(out, format_args!("{self:?}"));
    }
}

/// Text, or a decimal number's bytes, the highest first.
fn bytes(data: &[u8], form: &Form, out: &mut Vec<u8>) {
    match form {
        // More bytes than 16 repeat the sign: of more digits, nothing is read.
        Form::Decimal(scale) if !data.is_empty() => {
            let negative = data[0] & 0x80 != 0;
            let start: i128 = if negative { -1 } else { 0 };
            let n = data.iter().fold(start, |n, b| (n << 8) | i128::from(*b));
            decimal(n, *scale, out);
        }
        _ => out.extend_from_slice(data),
    }
}

impl Cell for ByteArray {
    fn write(&self, form: &Form, out: &mut Vec<u8>) {
        bytes(self.data(), form, out);
    }
}

impl Cell for FixedLenByteArray {
    fn write(&self, form: &Form, out: &mut Vec<u8>) {
        bytes(self.data(), form, out);
    }
}
